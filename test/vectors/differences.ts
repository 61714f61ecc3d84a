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
  [
    "code-no-flat-file-is-fatal",
    { expect: { ipRanges: [{ range: "10.0.0.0/24" }] }, reason: "a missing flat file is no error" },
  ],
  [
    "code-missing-kubeconfig",
    { expect: { ipRanges: [{ range: "10.0.0.0/24" }] }, reason: "the agent has its own connection" },
  ],
  [
    "code-cniargs-ip",
    {
      expect: { error: "refused" },
      reason: "an address in no range is refused where the definition has no static addresses",
    },
  ],
  [
    "code-leader-negative-kept",
    { expect: { leaderLeaseDuration: 1500 }, reason: "no leader is elected; the field is ignored" },
  ],
  [
    "code-conflist-first-plugin-only",
    { expect: { ipRanges: [{ range: "10.0.0.0/24" }] }, reason: "the plugin of a list that has the ipam part is read" },
  ],
  ["code-conflist-empty-panics", { expect: { error: "refused" }, reason: "an error says what was expected" }],
]);
