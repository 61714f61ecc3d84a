/**
 * What an ADD says when the journal did not take its commit.
 *
 * @module
 */
import { type About, type Failure, failure } from "../failure/failure.ts";
import type { Holder } from "../ports/holder.ts";
import type { CommitAnswer } from "../ports/journal.ts";

/** Superseded, DiskFull or JournalUnwritable. */
export function notRecorded(
  holder: Holder,
  answer: Exclude<CommitAnswer, { kind: "committed" }>,
  about: About,
): Failure {
  const { containerId } = holder.attachment;
  switch (answer.kind) {
    case "superseded":
      return failure("Superseded", containerId, "no DEL of the same attachment that was started later", about);
    case "occupied":
      return failure("JournalUnwritable", `ADD of ${containerId}`, "no other row of this node with its address", about);
    case "failed": {
      const expected = `a journal that can be written: ${answer.reason}`;
      return failure(answer.full ? "DiskFull" : "JournalUnwritable", `ADD of ${containerId}`, expected, about);
    }
    default:
      return answer satisfies never;
  }
}
