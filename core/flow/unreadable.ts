/**
 * The failure of a call whose store did not answer.
 *
 * @module
 */
import { type About, type Failure, failure } from "../failure/failure.ts";
import type { FlowPorts } from "./ports.ts";

/** One that others share is away for a while: the runtime tries again. One on this machine is broken. */
export function unreadable({ store }: Pick<FlowPorts, "store">, value: string, reason: string, about: About): Failure {
  return failure(store.lateMs === 0 ? "StoreUnreadable" : "StoreAway", value, `a store that answers: ${reason}`, about);
}
