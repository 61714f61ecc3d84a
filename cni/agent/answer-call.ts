/**
 * One request of a launcher to one answer: here failures change their language, to CNI's exit status and JSON.
 *
 * @module
 */
import type { CniCall } from "../../core/cni/call.ts";
import { readAnswerVersion } from "../../core/cni/config-head.ts";
import { formatFailure, formatResult, formatVersion } from "../../core/cni/format-result.ts";
import { parseCall } from "../../core/cni/parse-call.ts";
import { type Failure, type FailureName, failure } from "../../core/failure/failure.ts";
import type { AddAnswer } from "../../core/flow/add.ts";
import type { Flow } from "../../core/flow/flow.ts";
import type { Clock, Signal } from "../../core/ports/clock.ts";
import type { LauncherRequest } from "../../core/ports/launcher-request.ts";
import type { Log } from "../../core/ports/log.ts";
import { protocolVersion } from "../../core/wire/protocol.ts";

export type Answer = {
  readonly status: number;
  /** One line with its end, or nothing. */
  readonly stdout: string;
  readonly verb: string;
  /** "ok", or the failure's name: for logs and metrics. */
  readonly outcome: "ok" | FailureName;
  /** Set for an ADD that gave addresses: to be given back when this cannot be delivered. */
  readonly add?: AddAnswer;
};

export type Answerer = {
  readonly flow: Flow;
  readonly clock: Clock;
  readonly log: Log;
  /** Why this agent cannot serve now; empty when it can. Asks nobody. */
  readonly notReady: () => readonly string[];
};

type Outcome = { readonly stdout: string; readonly add?: AddAnswer } | { readonly failures: readonly Failure[] };

/** Serves this protocol version and the one before it (there is none before the first). Never throws. */
export async function answerCall(answerer: Answerer, request: LauncherRequest, launcher: Signal): Promise<Answer> {
  const stdin = new TextDecoder().decode(request.stdin);
  const version = readAnswerVersion(stdin);
  const verb = request.env.get("CNI_COMMAND") ?? "";
  const outcome = await outcomeOf(answerer, request, stdin, launcher);
  if (!("failures" in outcome)) return { status: 0, verb, outcome: "ok", ...outcome };
  const [first, ...others] = outcome.failures;
  if (first === undefined) return { status: 0, stdout: "", verb, outcome: "ok" };
  const details = [first.details, ...others.map(({ message }) => message)].filter((part) => part !== "").join("; ");
  answerer.log[first.code === 11 ? "warn" : "error"](first.message, {
    verb,
    failure: first.name,
    code: first.code,
    details,
  });
  return { status: 1, stdout: `${formatFailure({ ...first, details }, version)}\n`, verb, outcome: first.name };
}

async function outcomeOf(
  answerer: Answerer,
  request: LauncherRequest,
  stdin: string,
  launcher: Signal,
): Promise<Outcome> {
  if (request.protocol !== protocolVersion) {
    return refuse(failure("ProtocolMismatch", `protocol ${request.protocol}`, `protocol ${protocolVersion}`));
  }
  const launch = { started: { bootId: answerer.clock.bootId, bootNs: request.started }, budgetMs: request.budgetMs };
  const parsed = parseCall({ env: request.env, stdin, launch });
  if (parsed.kind === "failure") return refuse(parsed.failure);
  try {
    return await run(answerer, parsed.call, launcher);
  } catch (error) {
    answerer.log.error("A call ended in a defect of this program", {
      verb: parsed.call.kind,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    return refuse(failure("Internal", parsed.call.kind, "no defect in this program, see the agent's log"));
  }
}

async function run({ flow, notReady }: Answerer, call: CniCall, launcher: Signal): Promise<Outcome> {
  switch (call.kind) {
    case "ADD": {
      const answer = await flow.add(call, launcher);
      if (answer.kind === "failure") return refuse(answer.failure);
      return { stdout: `${formatResult(answer.result, readAnswerVersion(call.configText))}\n`, add: answer };
    }
    case "DEL": {
      const answer = await flow.del(call);
      return answer.kind === "failure" ? refuse(answer.failure) : { stdout: "" };
    }
    case "CHECK":
      return { failures: await flow.check(call, launcher) };
    case "GC": {
      const answer = await flow.gc(call, launcher);
      return answer.kind === "failure" ? refuse(answer.failure) : { stdout: "" };
    }
    case "STATUS": {
      const reasons = notReady();
      return reasons.length === 0
        ? { stdout: "" }
        : refuse(failure("NotReady", "STATUS", `an agent that is ready: ${reasons.join("; ")}`));
    }
    case "VERSION":
      return { stdout: `${formatVersion(readAnswerVersion(call.configText))}\n` };
    default:
      return call satisfies never;
  }
}

function refuse(why: Failure): Outcome {
  return { failures: [why] };
}
