/**
 * One call of the API: as many requests as it takes, within one budget of time.
 *
 * @module
 */
import type { Unanswered } from "../../core/ports/kube-api.ts";
import type { Clock, Signal } from "../../core/ports/clock.ts";
import type { Metrics } from "../../core/ports/metrics.ts";
import type { Random } from "../../core/ports/random.ts";
import type { Credentials } from "./credentials.ts";
import type { Exchange, HttpRequest } from "./exchange.ts";
import { type Judged, judge, type Past } from "./judge-exchange.ts";
import type { Line } from "./line.ts";
import type { Slots } from "./slots.ts";
import { untilAborted } from "./until-aborted.ts";

/** As much as an answer takes at least. */
const leastMs = 20;

export type CallOptions = {
  readonly line: Line;
  readonly slots: Slots;
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
  readonly callMs: number;
};

export type ApiRequest = HttpRequest & {
  /** For metrics. */
  readonly verb: string;
  readonly resource: string;
};

export type Answered = Extract<Exchange, { kind: "answered" }>;

/** Never rejects; ends within `callMs`. */
export async function call(request: ApiRequest, options: CallOptions): Promise<Answered | Unanswered> {
  const { slots, clock, callMs } = options;
  const late = new AbortController();
  const done = new AbortController();
  const endsAt = now(clock) + callMs;
  void clock.wait(callMs, done.signal).then(() => late.abort());
  try {
    const slot = await slots.take(late.signal);
    if (slot === "full") return unanswered("too many requests wait already");
    if (slot === "late") return unanswered(`requests before it took longer than ${callMs} ms`);
    try {
      return await attempts(request, { ...options, signal: late.signal, endsAt });
    } finally {
      slots.free();
    }
  } finally {
    done.abort();
  }
}

type Running = CallOptions & { readonly signal: Signal; readonly endsAt: number };

async function attempts(request: ApiRequest, running: Running): Promise<Answered | Unanswered> {
  const { credentials, clock, signal, endsAt } = running;
  let past = { isRead: request.method === "GET", isRenewed: false, isRepeated: false };
  for (;;) {
    const judged = await attempt(request, running, past);
    switch (judged.kind) {
      case "answered":
      case "unknown":
        return judged;
      case "renew":
        past = { ...past, isRenewed: true };
        await untilAborted(credentials.renew(judged.edition), signal);
        // Nothing new to show, or not in time: the answer stands.
        if (signal.aborted || credentials.edition() === judged.edition) return judged.answer;
        break;
      case "again": {
        past = { ...past, isRepeated: true };
        const pauseMs = judged.afterMs + Number(running.random.below(BigInt(Math.ceil(judged.afterMs / 4) + 1)));
        if (now(clock) + pauseMs >= endsAt) return unanswered(judged.reason);
        if (pauseMs > 0) await clock.wait(pauseMs, signal);
        break;
      }
    }
  }
}

type Attempted =
  | Exclude<Judged, { kind: "renew" }>
  | (Extract<Judged, { kind: "renew" }> & { /** Of the credentials that were shown. */ readonly edition: number });

async function attempt(
  request: ApiRequest,
  { line, credentials, clock, metrics, signal, endsAt }: Running,
  past: Past,
): Promise<Attempted> {
  const opened = await line.open(signal);
  if (opened.kind === "none") return unanswered(`no connection to the API server: ${opened.reason}`);
  const who = credentials.headers();
  if (who.kind === "missing") {
    await untilAborted(credentials.refresh(), signal);
    return { kind: "again", afterMs: 1_000, reason: who.reason };
  }
  const begun = now(clock);
  // What is sent with no time left is a question with no answer.
  if (begun + leastMs >= endsAt) return unanswered("requests before it left it no time");
  const exchange = await opened.connection.exchange(
    { ...request, headers: { ...request.headers, ...who.headers } },
    signal,
  );
  const { verb, resource } = request;
  metrics.observe("berth_api_request_seconds", (now(clock) - begun) / 1000, { verb });
  metrics.count("berth_api_requests_total", { verb, resource, outcome: outcomeOf(exchange, signal.aborted) });
  if (exchange.kind === "answered") line.answered();
  const judged = judge(exchange, { ...past, isLate: signal.aborted });
  return judged.kind === "renew" ? { ...judged, edition: who.edition } : judged;
}

function outcomeOf(exchange: Exchange, isLate: boolean): string {
  if (exchange.kind === "answered") return String(exchange.status);
  if (isLate) return "late";
  return exchange.maySent ? "lost" : "unsent";
}

function unanswered(reason: string): Unanswered {
  return { kind: "unknown", reason, mayLand: false };
}

/** ms, with fractions. */
function now(clock: Clock): number {
  return Number(clock.bootNs()) / 1e6;
}
