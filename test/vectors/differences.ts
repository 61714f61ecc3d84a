/**
 * Rows that Berth answers otherwise, and what the design wants instead. `README.md` beside it has the same list for
 * people; a test keeps them alike.
 *
 * @module
 */
import type { Difference } from "./judge.ts";

/** Each patch makes the server forget who wrote which key: its notes would double the object. */
const forget = { op: "add", path: "/metadata/managedFields", value: [{}] };

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
  ["cni-existing", gatewayless("192.168.1.1/24")],
  ["cni-excl", gatewayless("192.168.1.32/24")],
  ["cni-excl6", gatewayless("2001::3/116")],
  ["cni-start", gatewayless("192.168.1.5/24")],
  [
    "cni-v6-zero-end2",
    { expect: { ips: ["2001:db8:5422:5::2/64"] }, reason: "a gateway inside the range is never given out" },
  ],
  ["cni-code-check", { expect: { exit: 0 }, reason: "CHECK is implemented" }],
  [
    "cni-code-nopod",
    { expect: { ips: ["10.0.0.1/24"] }, reason: "without a pod the attachment alone is the identity" },
  ],
  ["dn-named", { expect: { ip: null }, reason: "a network's name is no part of an address" }],
  ["dk-big", { expect: { ip: "2001:db8:0:0:8000::" }, reason: "keys are numbers of 128 bits" }],
  [
    "pt-add-first",
    {
      expect: {
        ops: [
          { op: "test", path: "/spec/allocations/1", value: null },
          { op: "add", path: "/spec/allocations/1", value: { id: "cid", podref: "ns/p", ifname: "net1" } },
          forget,
        ],
      },
      reason: "a test on the key itself is enough",
    },
  ],
  [
    "pt-readd",
    {
      expect: {
        ops: [
          { op: "test", path: "/spec/allocations/1", value: { id: "c1", podref: "ns/p1", ifname: "net1" } },
          { op: "replace", path: "/spec/allocations/1", value: { id: "c9", podref: "ns/p1", ifname: "net1" } },
          forget,
        ],
      },
      reason: "a test on the whole entry is enough",
    },
  ],
  [
    "rc-same-podref",
    {
      expect: { removed: [] },
      reason: "a living pod keeps its leases; an address that Multus did not write is no proof",
    },
  ],
  ["rc-pending", { expect: { removedNotEmpty: false }, reason: "a pending pod is alive" }],
  [
    "rc-code-named",
    {
      expect: { reservationsLeft: 1, removed: [] },
      reason: "a network's name is no part of an address, and a living pod keeps its leases",
    },
  ],
  [
    "rc-code-default",
    { expect: { removed: [] }, reason: "a living pod keeps its leases, of the default network, too" },
  ],
  ["rc-code-refresh-error", { expect: { removed: [] }, reason: "a failed read is never absence" }],
  [
    "rc-code-overlap-race",
    { expect: { reservationDeleted: null, removed: [] }, reason: "leases are read before pods" },
  ],
  [
    "rc-code-v6-trailing-zero",
    { expect: { reservationsLeft: 1 }, reason: "the name of an address is read as it was written" },
  ],
]);

function gatewayless(address: string): Difference {
  return {
    expect: { ips: [{ address, gateway: null }] },
    reason: "a gateway goes to addresses of its own subnet only",
  };
}
