/**
 * What the API server did not let us read, in the grammar of failures.
 *
 * @module
 */
import { shorten } from "../../core/failure/failure.ts";
import type { Refused, Unanswered } from "../../core/ports/kube-api.ts";
import { exitCodes } from "../exit.ts";
import { type Refusal, refusal } from "../refusal.ts";
import { missingRule, wholeMessage } from "./forbidden.ts";

const whoAmI = "who is asking: kubectl auth whoami";

/** @param what for people: `pools`, `ConfigMap kube-system/berth` */
export function unreadable(what: string, answer: Refused | Unanswered): Refusal {
  const message = (expected: string) => `Cannot read "${what}": expected ${expected}`;
  if (answer.kind === "unknown") {
    return refusal(
      exitCodes.unreachable,
      message(`an answer of the API server, found: ${shorten(answer.reason)}`),
      "run: kubectl version",
    );
  }
  if (answer.status === 403) {
    const rule = missingRule(answer.message);
    return rule === undefined
      ? refusal(exitCodes.denied, message(`the permission to, found: ${wholeMessage(answer.message)}`), whoAmI)
      : refusal(exitCodes.denied, message(`the permission to ${rule.words}`), ...rule.next, whoAmI);
  }
  if (answer.status === 401) {
    const expected = `credentials that the API server takes, found: ${wholeMessage(answer.message)}`;
    return refusal(exitCodes.denied, message(expected), whoAmI);
  }
  if (answer.status === 404)
    return refusal(exitCodes.no, message("a kind that this cluster has"), "run: kubectl apply -f crds/");
  return refusal(exitCodes.no, message(`that it can be read, found: ${wholeMessage(answer.message)}`));
}
