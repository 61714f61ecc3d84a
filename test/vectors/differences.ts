/**
 * Rows that Berth answers otherwise, and what the design wants instead. `README.md` beside it has the same list for
 * people; a test keeps them alike.
 *
 * @module
 */
import type { Difference } from "./judge.ts";

export const differences: ReadonlyMap<string, Difference> = new Map<string, Difference>([
  ["al-code-32", { expect: { ip: "10.0.0.7" }, reason: "a /32 has one usable address" }],
  ["al-code-excl-dash", { expect: { ip: "10.0.0.10" }, reason: "A-B is accepted in exclude" }],
  [
    "gr-31",
    {
      expect: { first: "192.168.21.100", last: "192.168.21.101" },
      reason: "a /31 has two usable addresses (RFC 3021)",
    },
  ],
  ["off-code-borrow-1", { expect: { offset: "255" }, reason: "the distance is computed without the borrow error" }],
  ["off-code-borrow-2", { expect: { offset: "66" }, reason: "the distance is computed without the borrow error" }],
]);
