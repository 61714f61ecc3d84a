/**
 * The failure of a call whose standard input is no JSON.
 *
 * @module
 */
import type { JsonText } from "../config/json.ts";
import { type About, type Failure, failure } from "../failure/failure.ts";

type Unreadable = Extract<JsonText, { kind: "unreadable" }>;

/** UndecodableConfig, or RequestTooLarge: what was found where, and what was expected there. */
export function undecodable({ fault, found, isTooLarge }: Unreadable, about: About = {}): Failure {
  return failure(isTooLarge ? "RequestTooLarge" : "UndecodableConfig", found, fault.expected, about);
}
