/**
 * What lies between one agent and the API server in memory, as a test orders it: requests that are lost or land late, answers
 * that never come, a server that is away.
 *
 * @module
 */
import type { Clock } from "../../core/ports/clock.ts";
import type { Refused, Unanswered } from "../../core/ports/kube-api.ts";
import type { ApiCall, Transport } from "./fake-api.ts";

export type Fate =
  /** Never arrives. */
  | "lost"
  /** Is carried out; the answer never comes. */
  | "unheard"
  /** Nobody listens: certainly not carried out. */
  | "away"
  /** Is carried out so many ms after it was sent; the client has given up by then. */
  | { readonly lateMs: number }
  /** Takes so long, there and back together. */
  | { readonly slowMs: number }
  /** Something happens before it arrives. */
  | { readonly before: () => void }
  /** Is not carried out, and answered so. */
  | { readonly refused: Refused };

/** One API call (PROTOCOL 7), ms. */
const timeOutMs = 5_000;

const timedOut: Unanswered = { kind: "unknown", reason: "no answer in 5 s", mayLand: true };
const away: Unanswered = { kind: "unknown", reason: "connection refused", mayLand: false };

export type Link = {
  readonly transport: Transport;
  /** `<verb> <plural> <name>` of each call so far. */
  readonly calls: string[];
  /** What the next calls that contain `part` meet, in order. */
  readonly next: (part: string, ...fates: readonly Fate[]) => void;
  /** What all calls meet that contain `part`, until it is taken back. */
  readonly always: (part: string, fate: Fate) => () => void;
  /** Asked of each call before those. */
  judge: () => Fate | undefined;
  /** How often the connection was made anew. */
  connections: number;
};

/** @param guard never comes back when the agent was killed */
export function createLink(
  clock: Pick<Clock, "wait">,
  guard: <Answer>(answer: Promise<Answer>) => Promise<Answer>,
): Link {
  const orders: { readonly part: string; readonly fates: Fate[]; readonly isLasting: boolean }[] = [];
  const calls: string[] = [];
  const fateOf = (text: string): Fate | undefined => {
    const order = orders.find(({ part, fates }) => fates.length > 0 && text.includes(part));
    return order?.isLasting === true ? order.fates[0] : order?.fates.shift();
  };
  const link: Link = {
    calls,
    judge: () => undefined,
    connections: 1,
    next: (part, ...fates) => void orders.unshift({ part, fates: [...fates], isLasting: false }),
    always: (part, fate) => {
      const order = { part, fates: [fate], isLasting: true };
      orders.push(order);
      return () => void orders.splice(orders.indexOf(order), 1);
    },
    transport: (call, deed) => {
      const text = textOf(call);
      calls.push(text);
      return guard(carry(clock, link.judge() ?? fateOf(text), deed));
    },
  };
  return link;
}

async function carry<Answer>(
  clock: Pick<Clock, "wait">,
  fate: Fate | undefined,
  deed: () => Answer,
): Promise<Answer | Refused | Unanswered> {
  if (fate === undefined) return deed();
  if (fate === "away") return away;
  if (fate === "unheard") deed();
  if (fate === "lost" || fate === "unheard") {
    await clock.wait(timeOutMs);
    return timedOut;
  }
  if ("refused" in fate) return fate.refused;
  if ("before" in fate) {
    fate.before();
    return deed();
  }
  if ("slowMs" in fate) {
    await clock.wait(fate.slowMs / 2);
    const answer = deed();
    await clock.wait(fate.slowMs / 2);
    return answer;
  }
  void clock.wait(fate.lateMs).then(deed);
  await clock.wait(timeOutMs);
  return timedOut;
}

function textOf({ verb, resource, name }: ApiCall): string {
  return `${verb} ${resource} ${name}`.trimEnd();
}
