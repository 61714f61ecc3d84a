/**
 * A journal whose commits something else decides: to fail some, or to do something before or after them.
 *
 * @module
 */
import type { FlowPorts } from "../../core/flow/ports.ts";
import type { Change, CommitAnswer } from "../../core/ports/journal.ts";

/** @param commit writes these changes, or other ones, down for real */
type Deed = (
  changes: readonly Change[],
  commit: (other?: readonly Change[]) => Promise<CommitAnswer>,
) => Promise<CommitAnswer>;

/** As the `wrap` of a world. */
export function onCommit(deed: Deed): (ports: FlowPorts) => FlowPorts {
  return (ports) => ({
    ...ports,
    journal: {
      ...ports.journal,
      commit: (changes, options) =>
        deed(changes, (other) =>
          other === undefined ? ports.journal.commit(changes, options) : ports.journal.commit(other),
        ),
    },
  });
}
