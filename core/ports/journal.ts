/**
 * What this node remembers, whatever the store: intents, answered ADDs, accepted DELs (DESIGN 4, PROTOCOL P8, P13).
 * Each `commit` is atomic and survives the death of the process. Absence from the journal is never evidence (P14).
 *
 * @module
 */
import type { Attachment, Holder, Started } from "./holder.ts";
import type { LeaseKind, Place } from "./store.ts";

/**
 * - `intent`: an ADD is about to ask the store, or died while asking; nothing was answered.
 * - `lease`: held in the store. Answered when `answeredMs` is set.
 * - `freeing`: to be given back; tried until the store says it is gone.
 */
export type RowState = "intent" | "lease" | "freeing";

export type Row = {
  /** Set by the journal, ascending. */
  readonly id: number;
  readonly state: RowState;
  readonly holder: Holder;
  readonly place: Place;
  readonly kind: Exclude<LeaseKind, "withheld">;
  /** Which address of the definition's answer this is: its position among ranges, then static addresses, from 0. */
  readonly index: number;
  /** Every attempt id this row ever used, the newest last: a reservation that carries one of them is ours (P9, P11). */
  readonly attempts: readonly string[];
  /** The store's version of what is held; "" while unknown. */
  readonly version: string;
  readonly sinceMs: number;
  readonly answeredMs: number | undefined;
  /** How long the address rests after it was freed (`reuse_after`), ms. */
  readonly reuseAfterMs: number;
  /** Why it is being freed; "" otherwise. For logs and `berthctl`. */
  readonly reason: string;
  /** Who else holds the address of this living lease now (P15), in words for people; "" when nobody does. */
  readonly conflict: string;
};

export type NewRow = Omit<Row, "id" | "state" | "version" | "answeredMs" | "reason" | "conflict">;

/** What an ended row leaves behind: a reservation that carries its attempt is given back, never imported (P9). */
export type Finished = {
  readonly attempt: string;
  /** Of the object it was held by, where that was known; "" otherwise. */
  readonly uid: string;
};

/** An accepted DEL. It ends what was started before it, also what is journaled after it. */
export type Deletion = { readonly attachment: Attachment; readonly started: Started; readonly acceptedMs: number };

export type Change =
  | { readonly kind: "intend"; readonly row: NewRow }
  /** The store says held. The commit fails when the row has ended, or is on its way back, meanwhile. */
  | { readonly kind: "lease"; readonly id: number; readonly version: string }
  /** The same address for a new sandbox or a repeated ADD: journaled before the store is asked; ends a queued free (P11). */
  | {
      readonly kind: "renew";
      readonly id: number;
      readonly holder: Holder;
      readonly attempt: string;
      readonly index: number;
    }
  /** The answer is about to go out. */
  | { readonly kind: "answer"; readonly ids: readonly number[]; readonly atMs: number }
  /** Give it back, only while `whileAttempt` is still its newest attempt: what was judged has not been renewed. */
  | { readonly kind: "free"; readonly id: number; readonly reason: string; readonly whileAttempt: string }
  /**
   * The store says gone: the row ends, and the address rests until `restUntilMs` (wall clock; 0: not at all). Only while
   * `whileAttempt` is its newest attempt: a row that was renewed since goes on.
   */
  | { readonly kind: "end"; readonly id: number; readonly restUntilMs: number; readonly whileAttempt: string }
  | { readonly kind: "delete"; readonly deletion: Deletion }
  /**
   * A lease that the store has and this journal lacks (P14). It becomes `freeing` at once when a DEL of its attachment is on
   * record that came later; one whose start is unknown (`bootId` "") counts as earlier than any DEL (P13).
   */
  | {
      readonly kind: "import";
      readonly row: NewRow;
      readonly version: string;
      readonly answeredMs: number | undefined;
    }
  /** Another holds the address of this living lease, or (`with` "") no longer does. Only while `whileAttempt` is its newest. */
  | { readonly kind: "conflict"; readonly id: number; readonly with: string; readonly whileAttempt: string }
  /** Something of this agent's own to remember over restarts; "" forgets it. */
  | { readonly kind: "note"; readonly key: NoteKey; readonly value: string };

/**
 * - `seen`: the highest resourceVersion seen (P16).
 * - `opened`: when this journal first read the store (P14): its resourceVersion, wall clock ms, boot clock ns, boot id.
 * - `back`: that the API went back in time, and until when no ADD is answered.
 * - `pods`: uids of pods that were seen in the API, of leases whose evidence is void (P18).
 */
export type NoteKey = "seen" | "opened" | "back" | "pods";

export type CommitAnswer =
  /** `ids` of the rows made by `intend` and `import`, in order. */
  | { readonly kind: "committed"; readonly ids: readonly number[] }
  /** `unless` matched: nothing was written. */
  | { readonly kind: "superseded" }
  /** Another living row of this journal has the address an intent names: nothing was written (P15). */
  | { readonly kind: "occupied" }
  /** Nothing was written. */
  | { readonly kind: "failed"; readonly full: boolean; readonly reason: string };

export type CommitOptions = {
  /** Write nothing if a DEL of this attachment is on record that was started after this. */
  readonly unless?: { readonly attachment: Attachment; readonly started: Started };
  /** May use the space kept back for recording DELs. */
  readonly urgent?: boolean;
};

export type JournalPage = { readonly rows: readonly Row[]; readonly next: number | undefined };

export type Resting = { readonly place: Place; readonly untilMs: number };

export type Journal = {
  /** Random, made with the file: two journals of one node are told apart by it (P14). */
  readonly id: string;
  /** All changes or none. Never throws. */
  readonly commit: (changes: readonly Change[], options?: CommitOptions) => Promise<CommitAnswer>;
  /** The rows of one container and interface, in every definition. */
  readonly rowsOf: (container: Pick<Attachment, "containerId" | "ifName">) => Promise<readonly Row[]>;
  /** Rows of the same pod uid and interface, whichever sandbox (P11). */
  readonly rowsOfPod: (uid: string, ifName: string) => Promise<readonly Row[]>;
  /** The row that holds, or means to hold, this address. */
  readonly rowAt: (place: Place) => Promise<Row | undefined>;
  /** One row, or undefined when it has ended. */
  readonly row: (id: number) => Promise<Row | undefined>;
  /** All rows of a state, in pages, in the order of their ids. */
  readonly page: (state: RowState, after: number | undefined) => Promise<JournalPage>;
  /** How many rows are in a state. */
  readonly count: (state: RowState) => Promise<number>;
  /** Addresses that rest in this network, latest last. */
  readonly resting: (network: string) => Promise<readonly Resting[]>;
  /** Those of the attempt ids that belong to rows that have ended. Kept for 7 days, at most 100,000 (P9). */
  readonly finished: (attempts: readonly string[]) => Promise<readonly Finished[]>;
  readonly note: (key: NoteKey) => Promise<string | undefined>;
  /** Containers of the latest DELs on record, each once, in no order. @param max how many DELs are looked at */
  readonly deleted: (max: number) => Promise<readonly string[]>;
};

/** The newest attempt of a row: what it is judged, freed and ended by. */
export function newestAttempt({ attempts }: Pick<Row, "attempts">): string {
  return attempts.at(-1) ?? "";
}

/** Gives a row back as it was read: a renewal since then wins. */
export function freeing(row: Pick<Row, "id" | "attempts">, reason: string): Change {
  return { kind: "free", id: row.id, reason, whileAttempt: newestAttempt(row) };
}
