/**
 * What `berthctl doctor` finds in a cluster: each thing broken once, with its place and what to run.
 *
 * @module
 */
import { afterEach, describe, expect, test } from "vitest";
import { leases, nodes, pods, pools, reservations } from "../../../core/kube/resources.ts";
import { daemonSets } from "../../../core/migrate/kinds.ts";
import { claim } from "../../support/samples.ts";
import { type ClusterDesk, podOf } from "../cluster-desk.ts";
import { crd, crds, findingsOf, healthyCluster, objectOf, text } from "./doctor-stage.ts";

let desk: ClusterDesk;
afterEach(() => desk.close());

describe("berthctl doctor, of a broken cluster", () => {
  const entry = { id: "wb", podref: "default/wb", ifname: "net1" };
  const many = Object.fromEntries(Array.from({ length: 4_600 }, (_none, at) => [String(at + 1), entry]));
  const broken: readonly { name: string; level: "warn" | "fail"; breaks: () => void; says: readonly string[] }[] = [
    {
      name: "a missing kind",
      level: "fail",
      breaks: () => desk.server.uproot({ resource: crds, name: `ippools.${pools.group}` }),
      says: ["kinds: this cluster lacks IPPool", "kubectl apply -f crds/"],
    },
    {
      name: "a kind that drops a field",
      level: "warn",
      breaks: () => crd(desk, reservations, "v1alpha1", objectOf({ podref: text, containerid: text })),
      says: ["the schema of OverlappingRangeIPReservation lacks ifname in spec"],
    },
    {
      name: "a kind of another version",
      level: "fail",
      breaks: () => crd(desk, pools, "v2", objectOf({})),
      says: ["IPPool is not served as v1alpha1, only as: v2"],
    },
    {
      name: "Whereabouts alive beside agents that believe it absent",
      level: "fail",
      breaks: () => desk.plant(daemonSets, "whereabouts"),
      says: [
        "Whereabouts: it lives (DaemonSet kube-system/whereabouts)",
        "may be given twice",
        "berthctl migrate back",
      ],
    },
    {
      name: "a Lease of Whereabouts that was just renewed",
      level: "fail",
      breaks: () => desk.plant(leases, "whereabouts", { spec: { renewTime: "2023-11-14T23:03:20.000000Z" } }),
      says: ["its Lease was renewed 10 minutes ago"],
    },
    {
      name: "a mode that nobody knows",
      level: "warn",
      breaks: () => desk.mode("perhaps"),
      says: ["mode: ConfigMap kube-system/berth says neither present nor absent"],
    },
    {
      name: "pools in two namespaces (F13)",
      level: "fail",
      breaks: () => desk.pool("10.0.0.0/24", { namespace: "openshift-multus" }),
      says: ["pools: in namespace openshift-multus, too", "kubectl --namespace openshift-multus get ippools"],
    },
    {
      name: "entries in exclusive mode",
      level: "fail",
      breaks: () => desk.entry("blue-10.0.0.0-24", "10.0.0.9", entry),
      says: ["pools: 1 entry in IPPool kube-system/blue-10.0.0.0-24, written without Whereabouts"],
    },
    {
      name: "a pool of no range",
      level: "fail",
      breaks: () => desk.pool("nonsense", { name: "odd" }),
      says: ["pools: IPPool kube-system/odd cannot be read", "kubectl --namespace kube-system edit ippools odd"],
    },
    {
      name: "keys of no meaning (F40)",
      level: "warn",
      breaks: () => desk.pool("10.2.0.0/24", { allocations: { "+6": entry, "06": entry } }),
      says: ['has 2 keys of no meaning, such as "+6"', "10.2.0.6, which it may mean, is not given"],
    },
    {
      name: "a large pool beside Whereabouts",
      level: "warn",
      breaks: () => {
        desk.mode("present");
        desk.pool("10.3.0.0/16", { allocations: many });
      },
      says: ["has 4600 entries of at most 5000", "berthctl migrate finish"],
    },
    {
      name: "no trace of Whereabouts in mixed mode",
      level: "warn",
      breaks: () => desk.mode("present"),
      says: ["Whereabouts: no trace of it, but agents write its half", "berthctl migrate finish --dry-run"],
    },
    {
      name: "a pool of the other setting",
      level: "fail",
      breaks: () =>
        desk.pool("10.0.0.0/24", { marks: { "ipam.berth.io/network": "blue", "ipam.berth.io/overlapping": "false" } }),
      says: ["first used with enable_overlapping_ranges false, and definition default/blue says true"],
    },
    {
      name: "a contested reservation",
      level: "fail",
      breaks: () => void desk.lease("10.0.0.3", {}, claim("10.0.0.3", { holder: podOf("other") })),
      says: [
        "conflicts: 1 address held by two: 10.0.0.3 (default/pod-other has it, too)",
        "delete one of the two pods",
      ],
    },
    {
      name: "a lost label",
      level: "warn",
      breaks: () => {
        const [object] = desk.server.all(reservations);
        if (object !== undefined)
          desk.server.plant(reservations, { ...object, metadata: { ...object.metadata, labels: {} } });
      },
      says: ["1 reservation without its node's label (10.0.0.2)"],
    },
    {
      name: "leases of a node that is gone",
      level: "warn",
      breaks: () => void desk.lease("10.0.0.3", { holder: podOf("10.0.0.3", "node-9") }),
      says: ["nodes: 1 lease of 1 node that no longer exists: node-9", "berthctl release --node node-9 --dry-run"],
    },
    {
      name: "a node without an agent among others (F20)",
      level: "warn",
      breaks: () => {
        const labels = { "app.kubernetes.io/name": "berth", "app.kubernetes.io/component": "agent" };
        const status = { conditions: [{ type: "Ready", status: "True" }] };
        desk.plant(pods, "berth-agent-2", { metadata: { labels }, spec: { nodeName: "node-2" }, status });
      },
      says: ["agents: 1 lease on 1 node without a Ready agent: node-1"],
    },
    {
      name: "a reservation of no address",
      level: "warn",
      breaks: () => desk.plant(reservations, "nobody-knows", { spec: { podref: "a/b" } }),
      says: ["1 object of no address that can be told: nobody-knows"],
    },
    {
      name: "a reservation that a finalizer keeps",
      level: "warn",
      breaks: () =>
        desk.plant(reservations, "blue-10.0.0.77", {
          metadata: { deletionTimestamp: "2023-11-14T22:00:00Z", finalizers: ["x/y"] },
          spec: { podref: "a/b" },
        }),
      says: ["1 object kept by a finalizer: blue-10.0.0.77; the address is not free yet"],
    },
    {
      name: "a definition that cannot be read",
      level: "fail",
      breaks: () => desk.nad("bad", { range: "10.0.0.0/99" }, "apps"),
      says: [
        "definitions: apps/bad is refused by every ADD",
        "kubectl --namespace apps get net-attach-def bad --output json | berthctl check-config -",
      ],
    },
    {
      name: "a range of addresses that no object can bear (F37)",
      level: "warn",
      breaks: () => desk.nad("low", { range: "::/120", network_name: "" }),
      says: ["definitions: ::/120 of definition default/low, network (unnamed): no object can be named after ::1"],
    },
    {
      name: "different definitions of one name",
      level: "warn",
      breaks: () => desk.nad("blue", { range: "10.7.0.0/24" }, "apps"),
      says: ['apps/blue, default/blue are all named "blue" inside, with different ranges'],
    },
    {
      name: "overlapping ranges of different definitions in one network",
      level: "warn",
      breaks: () => desk.nad("half", { range: "10.0.0.0/25" }),
      says: [
        "10.0.0.0/25 of definition default/half and 10.0.0.0/24 of default/blue share 126 addresses; each still has one holder",
      ],
    },
    {
      name: "a range of the pods' own network",
      level: "fail",
      breaks: () => desk.plant(nodes, "node-3", { spec: { podCIDRs: ["10.0.0.128/25", "fd00::/64"] } }),
      says: [
        "other ranges: 10.0.0.0/24 of definition default/blue, network blue, overlaps 10.0.0.128/25 for pods of node node-3",
      ],
    },
    {
      name: "a range of Cilium's",
      level: "fail",
      breaks: () => {
        const cilium = {
          group: "cilium.io",
          version: "v2",
          plural: "ciliumnodes",
          kind: "CiliumNode",
          namespaced: false,
        };
        desk.plant(cilium, "node-1", { spec: { ipam: { podCIDRs: ["10.0.0.0/26"] } } });
      },
      says: ["overlaps 10.0.0.0/26 for pods of CiliumNode node-1"],
    },
    {
      name: "a range of services",
      level: "fail",
      breaks: () => {
        const cidrs = {
          group: "networking.k8s.io",
          version: "v1",
          plural: "servicecidrs",
          kind: "ServiceCIDR",
          namespaced: false,
        };
        desk.plant(cidrs, "kubernetes", { spec: { cidrs: ["10.0.0.0/16"] } });
      },
      says: ["overlaps 10.0.0.0/16 for services, by ServiceCIDR kubernetes"],
    },
  ];

  test.for(broken)("finds $name", async ({ level, breaks, says }) => {
    desk = healthyCluster();
    breaks();
    const told = await findingsOf(desk, level);
    for (const words of says) expect(told).toContain(words);
    const { code } = await desk.berthctl("doctor");
    expect(code).toBe(level === "fail" ? 1 : 0);
  });
});
