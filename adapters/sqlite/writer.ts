/**
 * Writes to the state file in transactions, and lets writes of the same moment share one: fifty ADDs at once wait for a
 * few commits together instead of a hundred and fifty one after the other.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { durably, inTransaction } from "./statements.ts";

export type Writer = {
  /**
   * Runs `body` in a transaction. Resolves when it is committed; rejects, with nothing of it written, when it throws or
   * the commit fails. Bodies run in the order of their calls, each whole before the next.
   */
  readonly write: <Result>(body: () => Result) => Promise<Result>;
  /** The same, and the commit survives a power cut. */
  readonly writeDurably: <Result>(body: () => Result) => Promise<Result>;
};

type Outcome =
  | { readonly kind: "done"; readonly result: unknown }
  | { readonly kind: "failed"; readonly error: unknown };

type Job = { readonly body: () => unknown; readonly settle: (outcome: Outcome) => void };

/** As many writes as share a commit at most: what one of them waits for stays bounded. */
const sharedMax = 128;

/** A write that comes so soon after another, ms, is one of many. */
const crowdMs = 1;

export type WriterTimes = {
  /** With fractions, from any beginning. */
  readonly nowMs: () => number;
  /** After the events of this turn of the loop. */
  readonly atTurnsEnd: (then: () => void) => void;
};

const realTimes: WriterTimes = { nowMs: () => performance.now(), atTurnsEnd: setImmediate };

/**
 * A write that comes alone follows what runs already. Where writes come close upon each other, they wait for the end of the loop's
 * turn, and share a commit.
 */
export function createWriter(database: DatabaseSync, times: WriterTimes = realTimes): Writer {
  let lastMs = Number.NEGATIVE_INFINITY;
  let hasTurned = true;
  const schedule = (flush: () => void) => {
    const nowMs = times.nowMs();
    // Writes that follow from each other would keep the loop from turning for as long as they go on.
    if (nowMs - lastMs < crowdMs || !hasTurned) times.atTurnsEnd(flush);
    else queueMicrotask(flush);
    if (hasTurned) times.atTurnsEnd(() => (hasTurned = true));
    hasTurned = false;
    lastMs = nowMs;
  };
  const apart = apartIn(database);
  let waiting: Job[] = [];
  const flush = () => {
    const jobs = waiting.slice(0, sharedMax);
    waiting = waiting.slice(sharedMax);
    if (waiting.length > 0) schedule(flush);
    for (const [at, outcome] of commitTogether(database, apart, jobs).entries()) jobs[at]?.settle(outcome);
  };
  return {
    write: (body) =>
      settling((settle) => {
        waiting.push({ body, settle });
        if (waiting.length === 1) schedule(flush);
      }),
    // What waits was asked for earlier, but touches nothing that this one reads before its own turn.
    writeDurably: (body) => settling((settle) => settle(durably(database, () => commitAlone(database, body)))),
  };
}

function settling<Result>(start: (settle: (outcome: Outcome) => void) => void): Promise<Result> {
  return new Promise<Result>((resolve, reject) => {
    start((outcome) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the result of the body that was handed in
      if (outcome.kind === "done") resolve(outcome.result as Result);
      else reject(outcome.error instanceof Error ? outcome.error : new Error(String(outcome.error)));
    });
  });
}

/** When the shared commit fails, nothing of it was written: then each is tried by itself, and fails by itself. */
function commitTogether(database: DatabaseSync, apart: Apart, jobs: readonly Job[]): readonly Outcome[] {
  const [only] = jobs;
  if (only !== undefined && jobs.length === 1) return [commitAlone(database, only.body)];
  try {
    return inTransaction(database, () => jobs.map(({ body }) => apart(body)));
  } catch {
    return jobs.map(({ body }) => commitAlone(database, body));
  }
}

function commitAlone(database: DatabaseSync, body: () => unknown): Outcome {
  try {
    return { kind: "done", result: inTransaction(database, body) };
  } catch (error) {
    return { kind: "failed", error };
  }
}

type Apart = (body: () => unknown) => Outcome;

/** What one body wrote is taken back when it throws, and the others' stays. */
function apartIn(database: DatabaseSync): Apart {
  const begin = database.prepare("SAVEPOINT one");
  const keep = database.prepare("RELEASE one");
  return (body) => {
    begin.run();
    try {
      const result = body();
      keep.run();
      return { kind: "done", result };
    } catch (error) {
      // A full disk ends the whole transaction: then nobody's work stands.
      if (!database.isTransaction) throw error;
      database.exec("ROLLBACK TO one; RELEASE one");
      return { kind: "failed", error };
    }
  };
}
