/**
 * Why a request came to nothing, in words.
 *
 * @module
 */
import type { Refused, Unanswered } from "../ports/kube-api.ts";

export function reasonOf(answer: Refused | Unanswered | { readonly kind: "absent" }): string {
  switch (answer.kind) {
    case "refused":
      return answer.message;
    case "unknown":
      return answer.reason;
    case "absent":
      return "it is not there";
    default:
      return answer satisfies never;
  }
}
