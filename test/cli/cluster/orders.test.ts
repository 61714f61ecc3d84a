/**
 * `berthctl release` and `withhold` in a cluster: who carries them out, and what is told when it has to be somebody else.
 *
 * @module
 */
import { afterEach, describe, expect, test } from "vitest";
import { pods, pools, reservations } from "../../../core/kube/resources.ts";
import { address, place } from "../../support/samples.ts";
import { readEntries } from "../../../core/kube/pool-entries.ts";
import { type ClusterDesk, createClusterDesk, home, podOf } from "../cluster-desk.ts";

let desk: ClusterDesk;
afterEach(() => desk.close());

const pool = "blue-10.0.0.0-24";

function stage(): void {
  desk = createClusterDesk();
  desk.nad("blue", { range: "10.0.0.0/24" });
  desk.pool("10.0.0.0/24");
  desk.lease("10.0.0.3", { holder: podOf("10.0.0.3", "node-2") });
}

const held = () => desk.server.all(reservations).map(({ metadata }) => metadata.name);

function entryAt(text: string) {
  const found = desk.server.read({ resource: pools, namespace: home, name: pool });
  const read = found.kind === "object" ? readEntries(found.object) : undefined;
  return read?.kind === "entries" ? read.entries.get(address(text).value) : undefined;
}

describe("berthctl release, in a cluster", () => {
  test("says how to reach the agent of another node's lease", async () => {
    stage();
    const labels = { "app.kubernetes.io/name": "berth", "app.kubernetes.io/component": "agent" };
    desk.plant(pods, "berth-agent-x", { metadata: { labels }, spec: { nodeName: "node-2" } }, "berth-system");
    const { code, err } = await desk.berthctl("release", "10.0.0.3", "--yes");
    expect(code).toBe(1);
    expect(err).toBe(
      [
        'Cannot release address "10.0.0.3": expected the agent of node "node-2", where pod default/pod-10.0.0.3 holds it',
        "  run: kubectl --namespace berth-system exec --stdin --tty berth-agent-x -- berthctl release 10.0.0.3 --network blue",
        "(cluster, namespace kube-system, beside Whereabouts)",
        "",
      ].join("\n"),
    );
    expect(held()).toEqual(["blue-10.0.0.3"]);
  });

  test.for([
    {
      name: "where no agent runs as a pod",
      node: "node-2",
      says: "on node-2 run: sudo berthctl release 10.0.0.4 --network blue",
    },
    {
      name: "whose node no longer exists",
      node: "node-9",
      says: "run: berthctl release --node node-9",
    },
  ])("says what to do about a lease $name", async ({ node, says }) => {
    stage();
    desk.lease("10.0.0.4", { holder: podOf("10.0.0.4", node) });
    const { code, err } = await desk.berthctl("release", "10.0.0.4", "--yes");
    expect(err).toContain(says);
    expect(code).toBe(1);
  });

  test("hands a lease of this node to its agent", async () => {
    stage();
    desk.lease("10.0.0.4");
    const here = desk.with({ unreachable: undefined, status: { store: "kubernetes", node: "node-1" } });
    const { code, err } = await here.berthctl("release", "10.0.0.4", "--yes");
    // The agent of the desk has another store, and says so in its own words: it was asked.
    expect(err).toContain('Cannot confirm attachment "10.0.0.4": expected a lease of that address on this node');
    expect(code).toBe(1);
  });

  test.for([
    { name: "Whereabouts gave", text: "10.0.0.7", says: "found one of Whereabouts, which frees it when its pod ends" },
    { name: "is withheld", text: "10.0.0.8", says: "run: berthctl withhold 10.0.0.8 --undo --network blue" },
    { name: "nobody holds", text: "10.0.0.9", says: "expected an address that is held" },
  ])("says why not, for what $name", async ({ text, says }) => {
    stage();
    desk.entry(pool, "10.0.0.7", { id: "wb7", podref: "apps/wb-7" });
    desk.lease("10.0.0.8", { kind: "withheld", holder: undefined, place: place("10.0.0.8", { pool: "" }) });
    const { code, err } = await desk.berthctl("release", text, "--yes");
    expect(err).toContain(says);
    expect(code).toBe(1);
  });
});

describe("berthctl withhold, in a cluster", () => {
  test("withholds over the API server, with an entry beside Whereabouts, and undoes both", async () => {
    stage();
    const { code, out, err } = await desk.berthctl("withhold", "10.0.0.6", "--reason", "printer");
    expect({ code, out }).toEqual({ code: 0, out: "Withheld: 10.0.0.6 in network blue\n" });
    expect(err).toContain("its reconciler may take this away");
    expect(held()).toContain("blue-10.0.0.6");
    expect(entryAt("10.0.0.6")).toMatchObject({ podref: "/withheld" });
    expect((await desk.berthctl("show", "10.0.0.6")).out).toContain("reason       printer");
    const undone = await desk.berthctl("withhold", "10.0.0.6", "--undo");
    expect(undone).toMatchObject({ code: 0, out: "No longer withheld: 10.0.0.6 in network blue\n" });
    expect(held()).toEqual(["blue-10.0.0.3"]);
    expect(entryAt("10.0.0.6")).toBeUndefined();
  });

  test("writes no entry without Whereabouts, and one reservation more for each pool with overlapping ranges off", async () => {
    stage();
    desk.mode("absent");
    desk.pool("10.0.0.0/25", {
      marks: {
        "ipam.berth.io/network": "blue",
        "ipam.berth.io/pool": "10.0.0.0/25",
        "ipam.berth.io/overlapping": "false",
      },
    });
    await desk.berthctl("withhold", "10.0.0.6", "--reason", "printer", "--network", "blue");
    expect(held()).toEqual(["blue-10.0.0.0-25.10.0.0.6", "blue-10.0.0.3", "blue-10.0.0.6"]);
    expect(entryAt("10.0.0.6")).toBeUndefined();
    const { leases } = JSON.parse((await desk.berthctl("leases", "--json")).out) as { leases: object[] };
    expect(leases).toHaveLength(2);
    await desk.berthctl("withhold", "10.0.0.6", "--undo");
    expect(held()).toEqual(["blue-10.0.0.3"]);
  });

  test.for([
    {
      name: "somebody holds",
      text: "10.0.0.3",
      says: "a free address, pod default/pod-10.0.0.3 on node node-2 holds it",
    },
    { name: "only an entry of Whereabouts holds", text: "10.0.0.7", says: "a free address, somebody holds it" },
  ])("refuses an address that $name, and leaves nothing behind", async ({ text, says }) => {
    stage();
    desk.entry(pool, "10.0.0.7", { id: "wb7", podref: "apps/wb-7" });
    const { code, err } = await desk.berthctl("withhold", text, "--reason", "printer");
    expect(err).toContain(says);
    expect(code).toBe(1);
    expect(held()).toEqual(["blue-10.0.0.3"]);
  });

  test("refuses to undo what is not withheld", async () => {
    stage();
    const { code, err } = await desk.berthctl("withhold", "10.0.0.3", "--undo", "--network", "blue");
    expect(err).toContain('Cannot give back address "10.0.0.3": expected an address that is withheld');
    expect(code).toBe(1);
  });

  test("says that it may have been done when no answer came", async () => {
    desk = createClusterDesk({
      transport: async (call, deed) => {
        const answer = deed();
        return call.verb === "create" || (call.verb === "read" && call.name === "blue-10.0.0.6")
          ? { kind: "unknown", reason: "the connection was dropped", mayLand: true }
          : answer;
      },
    });
    desk.nad("blue", { range: "10.0.0.0/24" });
    const { code, err } = await desk.berthctl("withhold", "10.0.0.6", "--reason", "printer");
    expect(code).toBe(3);
    expect(err).toContain("it may have been done: run the same command again");
  });
});
