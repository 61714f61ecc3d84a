/**
 * Walking through the rows of the journal without keeping calls waiting.
 *
 * @module
 */
import type { Signal } from "../ports/clock.ts";
import type { Row, RowState } from "../ports/journal.ts";
import type { FlowPorts } from "./ports.ts";

type Needs = Pick<FlowPorts, "journal" | "clock">;

/** Each lease once, in the order of their rows; ends early when `signal` aborts. */
export function eachLease(needs: Needs, signal?: Signal): AsyncGenerator<Row> {
  return eachRow(needs, "lease", signal);
}

/** The same for any state. Between pages the loop takes its turn. */
export async function* eachRow({ journal, clock }: Needs, state: RowState, signal?: Signal): AsyncGenerator<Row> {
  let after: number | undefined;
  for (;;) {
    const page = await journal.page(state, after);
    yield* page.rows;
    after = page.next;
    if (after === undefined || signal?.aborted === true) return;
    await clock.wait(0);
  }
}
