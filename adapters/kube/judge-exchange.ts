/**
 * Whether a request is done, is to be sent again, or has an unknown outcome.
 *
 * @module
 */
import type { Unanswered } from "../../core/ports/kube-api.ts";
import type { Exchange } from "./exchange.ts";

type Answered = Extract<Exchange, { kind: "answered" }>;

export type Judged =
  | Answered
  | Unanswered
  /** 401: it may do with new credentials. */
  | { readonly kind: "renew"; readonly answer: Answered }
  /** Certainly not carried out, or a mere question. `reason` is for when there is no time left. */
  | { readonly kind: "again"; readonly afterMs: number; readonly reason: string };

export type Past = {
  /** A GET: asking twice does no harm. */
  readonly isRead: boolean;
  readonly isRenewed: boolean;
  readonly isRepeated: boolean;
  /** The time of the call is over. */
  readonly isLate?: boolean;
};

/** A server that says 429 without a time. */
const defaultRetryMs = 1_000;
/** A stream that was turned away on a connection that goes on. */
const turnedAwayMs = 50;

export function judge(exchange: Exchange, past: Past): Judged {
  if (exchange.kind === "lost") return judgeLost(exchange, past);
  const { status, retryAfter } = exchange;
  if (status === 429 || isTurnedAway(exchange)) {
    const afterMs = /^\d{1,9}$/.test(retryAfter ?? "") ? Number(retryAfter) * 1000 : defaultRetryMs;
    const why = status === 429 ? "too busy" : "shutting down";
    return { kind: "again", afterMs, reason: `the API server is ${why} (${status}, again after ${afterMs} ms)` };
  }
  if (status === 401 && !past.isRenewed) return { kind: "renew", answer: exchange };
  return exchange;
}

/**
 * A server that stops in order takes nothing on any more, and says so in these words before anybody looked at the request. Any other 503
 * may come from behind it, with the request carried out.
 */
function isTurnedAway({ status, retryAfter, text }: Answered): boolean {
  return status === 503 && retryAfter !== undefined && text.includes("apiserver is shutting down");
}

function judgeLost(exchange: Extract<Exchange, { kind: "lost" }>, past: Past): Judged {
  const { reason, maySent, isConnection } = exchange;
  const mayRepeat = !maySent || (past.isRead && isConnection && !past.isRepeated);
  if (past.isLate === true || !mayRepeat) return { kind: "unknown", reason, mayLand: maySent };
  return { kind: "again", afterMs: isConnection ? 0 : turnedAwayMs, reason };
}
