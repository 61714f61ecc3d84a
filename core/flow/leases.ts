/**
 * Walking through all leases of this node without keeping calls waiting.
 *
 * @module
 */
import type { Signal } from "../ports/clock.ts";
import type { Row } from "../ports/journal.ts";
import type { FlowPorts } from "./ports.ts";

/** Each lease once, in the order of their rows; ends early when `signal` aborts. Between pages the loop takes its turn. */
export async function* eachLease(
  { journal, clock }: Pick<FlowPorts, "journal" | "clock">,
  signal?: Signal,
): AsyncGenerator<Row> {
  let after: number | undefined;
  for (;;) {
    const page = await journal.page("lease", after);
    yield* page.rows;
    after = page.next;
    if (after === undefined || signal?.aborted === true) return;
    await clock.wait(0);
  }
}
