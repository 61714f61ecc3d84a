/**
 * The answer to a call that is not begun: too many wait, or the agent is leaving (invariant 9).
 *
 * @module
 */
import { readAnswerVersion } from "../../core/cni/config-head.ts";
import { formatFailure } from "../../core/cni/format-result.ts";
import { failure } from "../../core/failure/failure.ts";
import type { LauncherRequest } from "../../core/ports/launcher-request.ts";
import type { Answer } from "./answer-call.ts";

/** What is wanted of an agent that turns a call away. */
const wanted = {
  Overloaded: "fewer calls at once than limits.requestsInFlight and limits.queue allow",
  Stopping: "an agent that is not about to stop",
};

/**
 * @returns undefined for what succeeds when nobody answers: the launcher puts a DEL into the spool, and a GC is a hint that
 * comes again
 */
export function turnAway({ env, stdin }: LauncherRequest, name: "Overloaded" | "Stopping"): Answer | undefined {
  const verb = env.get("CNI_COMMAND") ?? "";
  if (verb === "DEL" || verb === "GC") return undefined;
  const why = failure(verb === "STATUS" ? "NotReady" : name, verb, wanted[name]);
  const version = readAnswerVersion(new TextDecoder().decode(stdin));
  return { status: 1, stdout: `${formatFailure(why, version)}\n`, verb, outcome: why.name };
}
