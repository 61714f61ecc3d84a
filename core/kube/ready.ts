/**
 * The condition Ready of a Node or a Pod.
 *
 * @module
 */
import { memberOf } from "./member-of.ts";

export type Ready = {
  /** False also where nothing is said of it. */
  readonly isReady: boolean;
  /** When it became so, as the API writes it, to be compared and never reckoned with (F27); "" when that is not said. */
  readonly since: string;
};

/** @param status of the object */
export function readyOf(status: unknown): Ready {
  const conditions = memberOf(status, "conditions");
  const ready = Array.isArray(conditions) ? conditions.find((one) => memberOf(one, "type") === "Ready") : undefined;
  const since = memberOf(ready, "lastTransitionTime");
  return { isReady: memberOf(ready, "status") === "True", since: typeof since === "string" ? since : "" };
}
