/**
 * What changing over needs of the world.
 *
 * @module
 */
import type { Clock } from "../ports/clock.ts";
import type { KubeApi, Refused, Unanswered } from "../ports/kube-api.ts";
import type { MigrateLimits } from "./limits.ts";

export type MigrateNeeds = {
  readonly api: KubeApi;
  /** Where the pools and the ConfigMap `berth` are. */
  readonly namespace: string;
  readonly clock: Pick<Clock, "bootNs" | "wait">;
  readonly limits: MigrateLimits;
  /** RFC 3339, and back; undefined for what is no time. Milliseconds since 1970. */
  readonly formatTime: (ms: number) => string;
  readonly parseTime: (text: string) => number | undefined;
};

/** The API server did not let itself be read or written: nothing is concluded from that. */
export type Unreachable = {
  readonly kind: "unreachable";
  /** For people: `pools`, `ConfigMap kube-system/berth`. */
  readonly what: string;
  readonly answer: Refused | Unanswered;
};

/** Asks again what was not answered, a few times. The request has to be one that may be carried out twice. */
export async function ask<Answer extends { readonly kind: string }>(
  { clock, limits }: Pick<MigrateNeeds, "clock" | "limits">,
  request: () => Promise<Answer>,
): Promise<Answer> {
  let answer = await request();
  for (let tried = 1; answer.kind === "unknown" && tried < limits.tries; tried += 1) {
    await clock.wait(limits.retryMs);
    answer = await request();
  }
  return answer;
}
