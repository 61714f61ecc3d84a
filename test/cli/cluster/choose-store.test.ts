/**
 * Whose leases are shown: the rule, row by row.
 *
 * @module
 */
import { afterEach, describe, expect, test } from "vitest";
import { type ClusterDesk, createClusterDesk } from "../cluster-desk.ts";
import type { Seat } from "../desk.ts";

let desk: ClusterDesk;
afterEach(() => desk.close());

const denied = { kind: "unreachable", why: "denied", reason: "EACCES" } as const;
const noKubeconfig = { kind: "fault", message: "Cannot find kubeconfig", wayOut: "set KUBECONFIG" } as const;
/** The desk's own agent, with a state file of its own. */
const withAgent: Partial<Seat> = { unreachable: undefined, opened: undefined };

const rows: readonly { name: string; seat: Partial<Seat>; args?: readonly string[]; shows: string; code?: number }[] = [
  { name: "no agent, no state file, a kubeconfig: the cluster", seat: {}, shows: "kubernetes" },
  {
    name: "an agent with the embedded store: its leases, although there is a kubeconfig",
    seat: withAgent,
    shows: "embedded",
  },
  { name: "a state file without its agent: what it holds", seat: { opened: undefined }, shows: "embedded" },
  {
    name: "an agent with the cluster's store: the cluster",
    seat: { ...withAgent, status: { store: "kubernetes" } },
    shows: "kubernetes",
  },
  {
    name: "--store kubernetes beside an embedded agent: the cluster",
    seat: withAgent,
    args: ["--store", "kubernetes"],
    shows: "kubernetes",
  },
  {
    name: "--kubeconfig beside an embedded agent: the cluster",
    seat: withAgent,
    args: ["--kubeconfig", "/k"],
    shows: "kubernetes",
  },
  {
    name: "BERTH_NAMESPACE: the cluster",
    seat: { ...withAgent, env: { BERTH_NAMESPACE: "net" } },
    shows: "kubernetes",
  },
  {
    name: "--store embedded beside a kubeconfig: this machine",
    seat: { opened: undefined, env: { BERTH_KUBECONFIG: "/k" } },
    args: ["--store", "embedded"],
    shows: "embedded",
  },
];

describe("the store that is shown", () => {
  test.for(rows)("$name", async ({ seat, args = [], shows }) => {
    desk = createClusterDesk({ seat });
    const { code, out } = await desk.berthctl(...args, "networks", "--json");
    expect(code).toBe(0);
    expect((JSON.parse(out) as { store: string }).store).toBe(shows);
  });

  test("is none for whoever may not reach the agent, and both ways out are named", async () => {
    desk = createClusterDesk({ seat: { unreachable: denied, opened: { kind: "denied", path: "/s" } } });
    const { code, err } = await desk.berthctl("networks");
    expect(code).toBe(4);
    expect(err).toContain("sudo berthctl\n  to look at a cluster from here, name its kubeconfig: --kubeconfig FILE");
  });

  test("is none without agent, state file and kubeconfig, and all ways out are named", async () => {
    desk = createClusterDesk({ seat: { cluster: noKubeconfig } });
    const { code, err } = await desk.berthctl("networks");
    expect(code).toBe(2);
    expect(err).toContain("--state-dir DIR");
    expect(err).toContain("--kubeconfig FILE");
  });

  test("takes kubeconfig and namespace of the agent, unless others are named", async () => {
    const cluster = {
      namespace: "net",
      kubeconfig: "/k",
      mode: "absent",
      confirmed: 1,
      compared: 1,
      conflicts: 0,
    } as const;
    desk = createClusterDesk({ seat: { ...withAgent, status: { store: "kubernetes", cluster } } });
    expect((await desk.berthctl("networks")).err).toContain("(cluster, namespace net,");
    expect((await desk.berthctl("--namespace", "own", "networks")).err).toContain("(cluster, namespace own,");
  });
});
