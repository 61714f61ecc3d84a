/**
 * The journal in memory, for worlds of which thousands are run: the same promises as the state file, nothing of the disk.
 *
 * @module
 */
import { isEarlier } from "../../core/ports/holder.ts";
import {
  type Change,
  type Deletion,
  type Finished,
  type Journal,
  newestAttempt,
  type NoteKey,
  type Resting,
  type Row,
} from "../../core/ports/journal.ts";
import { samePlace, scopeKey } from "./scope-key.ts";

/** What the file holds: to be taken away, put back, or forgotten. */
export type JournalCopy = {
  readonly id: string;
  readonly rows: ReadonlyMap<number, Row>;
  readonly deletions: ReadonlyMap<string, Deletion>;
  readonly resting: ReadonlyMap<string, Resting>;
  readonly finished: ReadonlyMap<string, Ended>;
  readonly notes: ReadonlyMap<NoteKey, string>;
  readonly lastId: number;
};

/** When its row ended, wall clock, ms. */
type Ended = Finished & { readonly endedMs: number };

export type MemoryJournal = Journal & { readonly copy: () => JournalCopy };

export function emptyJournal(id: string): JournalCopy {
  const none = new Map<never, never>();
  return { id, rows: none, deletions: none, resting: none, finished: none, notes: none, lastId: 0 };
}

const pageSize = 200;
/** As in the state file. */
const attemptsMax = 64;
const finishedKeptMs = 7 * 24 * 3_600_000;
const finishedMax = 100_000;
const trimEvery = 1000;

class Refused extends Error {
  readonly kind: "occupied" | "failed";
  constructor(kind: "occupied" | "failed") {
    super("the row has ended, or is on its way back, meanwhile");
    this.kind = kind;
  }
}

type Tables = {
  rows: Map<number, Row>;
  deletions: Map<string, Deletion>;
  resting: Map<string, Resting>;
  finished: Map<string, Ended>;
  notes: Map<NoteKey, string>;
  lastId: number;
  finishedCount: number;
  readonly nowMs: (() => number) | undefined;
};

export type MemoryJournalOptions = {
  /** Wall clock by which attempts of ended rows are remembered; undefined: they are not. */
  readonly nowMs: (() => number) | undefined;
};

export function createMemoryJournal(from: JournalCopy, { nowMs }: MemoryJournalOptions): MemoryJournal {
  const tables: Tables = { ...copyOf(from), finishedCount: 0, nowMs };
  const where = (test: (row: Row) => boolean) => [...tables.rows.values()].filter(test);
  return {
    id: from.id,
    copy: () => ({ id: from.id, ...copyOf(tables) }),
    commit: async (changes, { unless } = {}) => {
      if (unless !== undefined && hasLaterDeletion(tables, unless)) return { kind: "superseded" };
      const undo: (() => void)[] = [];
      try {
        const ids = changes.map((change) => apply(tables, change, undo)).filter((id) => id !== undefined);
        return { kind: "committed", ids };
      } catch (error) {
        for (const one of undo.reverse()) one();
        if (!(error instanceof Refused)) throw error;
        return error.kind === "occupied"
          ? { kind: "occupied" }
          : { kind: "failed", full: false, reason: error.message };
      }
    },
    row: async (id) => tables.rows.get(id),
    rowsOf: async ({ containerId, ifName }) =>
      where(({ holder: { attachment } }) => attachment.containerId === containerId && attachment.ifName === ifName),
    rowsOfPod: async (uid, ifName) =>
      where(({ holder: { pod, attachment } }) => pod?.uid === uid && attachment.ifName === ifName),
    rowAt: async (place) => {
      const here = where((row) => samePlace(row.place, place));
      return here.find(({ state }) => state !== "freeing") ?? here[0];
    },
    page: async (state, after = 0) => {
      const rows = where((row) => row.state === state && row.id > after).slice(0, pageSize);
      return { rows, next: rows.length === pageSize ? rows.at(-1)?.id : undefined };
    },
    count: async (state) => where((row) => row.state === state).length,
    resting: async (network) =>
      [...tables.resting.values()]
        .filter(({ place }) => place.network === network)
        .sort((a, b) => a.untilMs - b.untilMs),
    finished: async (attempts) => finishedAmong(tables, new Set(attempts)),
    note: async (key) => tables.notes.get(key),
    deleted: async (max) => {
      const latest = [...tables.deletions.values()].sort((a, b) => b.acceptedMs - a.acceptedMs);
      return [...new Set(latest.slice(0, max).map(({ attachment }) => attachment.containerId))];
    },
  };
}

function copyOf({ rows, deletions, resting, finished, notes, lastId }: Omit<JournalCopy, "id">) {
  return {
    rows: new Map(rows),
    deletions: new Map(deletions),
    resting: new Map(resting),
    finished: new Map(finished),
    notes: new Map(notes),
    lastId,
  };
}

/** @returns the id of the row it made, if it made one. */
function apply(tables: Tables, change: Change, undo: (() => void)[]): number | undefined {
  switch (change.kind) {
    case "intend":
    case "import":
      return insert(tables, change, undo);
    case "answer":
      for (const id of change.ids) update(tables, id, { answeredMs: change.atMs }, undo);
      return undefined;
    case "delete":
      remember(tables, change.deletion, undo);
      return undefined;
    case "note":
      put(tables.notes, change.key, change.value === "" ? undefined : change.value, undo);
      return undefined;
    case "lease":
    case "renew":
    case "free":
    case "end":
    case "conflict":
      changeRow(tables, change, undo);
      return undefined;
    default:
      return change satisfies never;
  }
}

type OfRow = Extract<Change, { kind: "lease" | "renew" | "free" | "end" | "conflict" }>;

function changeRow(tables: Tables, change: OfRow, undo: (() => void)[]): void {
  const row = tables.rows.get(change.id);
  const isJudged = row !== undefined && "whileAttempt" in change && newestAttempt(row) === change.whileAttempt;
  switch (change.kind) {
    case "lease":
      if (row === undefined || row.state === "freeing") throw new Refused("failed");
      return update(tables, change.id, { state: "lease", version: change.version }, undo);
    case "renew": {
      if (row === undefined) return undefined;
      occupy(tables, { ...row, state: "lease" });
      const { holder, index, attempt } = change;
      const all = [...row.attempts, attempt];
      const attempts = all.slice(-attemptsMax);
      finish(tables, all.slice(0, -attemptsMax), row.version, undo);
      return update(
        tables,
        row.id,
        { state: "lease", reason: "", answeredMs: undefined, attempts, holder, index },
        undo,
      );
    }
    case "free":
      return isJudged ? update(tables, change.id, { state: "freeing", reason: change.reason }, undo) : undefined;
    case "conflict":
      return isJudged && row.state !== "freeing"
        ? update(tables, change.id, { conflict: change.with }, undo)
        : undefined;
    case "end":
      return isJudged ? end(tables, row, change.restUntilMs, undo) : undefined;
    default:
      return change satisfies never;
  }
}

function insert(tables: Tables, change: Extract<Change, { kind: "intend" | "import" }>, undo: (() => void)[]): number {
  const id = tables.lastId + 1;
  const row: Row = {
    ...change.row,
    id,
    reason: "",
    conflict: "",
    ...(change.kind === "intend"
      ? { state: "intent", version: "", answeredMs: undefined }
      : { state: "lease", version: change.version, answeredMs: change.answeredMs }),
  };
  occupy(tables, row);
  // Not taken back: ids rise.
  tables.lastId = id;
  const isEnded = change.kind === "import" && hasDeletionOfImport(tables, row);
  put(tables.rows, id, isEnded ? { ...row, state: "freeing", reason: "DEL" } : row, undo);
  return id;
}

/** One living row for each address. */
function occupy(tables: Tables, row: Row): void {
  for (const other of tables.rows.values()) {
    if (other.id !== row.id && other.state !== "freeing" && samePlace(other.place, row.place))
      throw new Refused("occupied");
  }
}

function end(tables: Tables, row: Row, restUntilMs: number, undo: (() => void)[]): void {
  if (restUntilMs > 0) put(tables.resting, scopeKey(row.place), { place: row.place, untilMs: restUntilMs }, undo);
  put(tables.rows, row.id, undefined, undo);
  finish(tables, row.attempts, row.version, undo);
}

function finish(tables: Tables, attempts: readonly string[], version: string, undo: (() => void)[]): void {
  if (tables.nowMs === undefined) return;
  const uid = version.includes("/") ? version.slice(0, version.indexOf("/")) : "";
  for (const attempt of attempts) {
    put(tables.finished, attempt, { attempt, uid, endedMs: tables.nowMs() }, undo);
    tables.finishedCount += 1;
    if (tables.finishedCount % trimEvery === 0) trim(tables.finished, tables.nowMs());
  }
}

function trim(finished: Map<string, Ended>, nowMs: number): void {
  for (const [attempt, { endedMs }] of finished) {
    if (finished.size <= finishedMax - trimEvery && endedMs >= nowMs - finishedKeptMs) return;
    finished.delete(attempt);
  }
}

function finishedAmong({ finished }: Tables, attempts: ReadonlySet<string>): readonly Finished[] {
  return [...finished.values()]
    .filter(({ attempt }) => attempts.has(attempt))
    .map(({ attempt, uid }) => ({ attempt, uid }));
}

function update(tables: Tables, id: number, changes: Partial<Row>, undo: (() => void)[]): void {
  const row = tables.rows.get(id);
  if (row !== undefined) put(tables.rows, id, { ...row, ...changes }, undo);
}

function put<Key, Value>(map: Map<Key, Value>, key: Key, value: Value | undefined, undo: (() => void)[]): void {
  const before = map.get(key);
  const write = (one: Value | undefined) => void (one === undefined ? map.delete(key) : map.set(key, one));
  undo.push(() => write(before));
  write(value);
}

/** Keeps the latest DEL of an attachment: an older one, come late, must not hide it. */
function remember(tables: Tables, deletion: Deletion, undo: (() => void)[]): void {
  const { definition, containerId, ifName } = deletion.attachment;
  const key = `${definition}\0${containerId}\0${ifName}`;
  const known = tables.deletions.get(key);
  if (known === undefined || isEarlier(known.started, deletion.started)) put(tables.deletions, key, deletion, undo);
}

type Began = Pick<Deletion, "attachment" | "started">;

/** A DEL of another boot is no longer of use; one without a definition's name ends the attachment in every definition. */
function hasLaterDeletion({ deletions }: Tables, { attachment, started }: Began): boolean {
  return [...deletions.values()].some(
    (one) =>
      isOf(one, attachment) &&
      [attachment.definition, ""].includes(one.attachment.definition) &&
      one.started.bootId === started.bootId &&
      one.started.bootNs > started.bootNs,
  );
}

/** The same for what another wrote: a definition or a start that it does not tell fits any DEL. */
function hasDeletionOfImport({ deletions }: Tables, { holder: { attachment, started } }: Row): boolean {
  return [...deletions.values()].some(
    (one) =>
      isOf(one, attachment) &&
      (attachment.definition === "" || [attachment.definition, ""].includes(one.attachment.definition)) &&
      (started.bootId === "" || (one.started.bootId === started.bootId && one.started.bootNs > started.bootNs)),
  );
}

function isOf(one: Deletion, { containerId, ifName }: Deletion["attachment"]): boolean {
  return one.attachment.containerId === containerId && one.attachment.ifName === ifName;
}
