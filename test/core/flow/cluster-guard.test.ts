/**
 * When an agent may not give addresses of a cluster: mode, namespace, missing kinds and permissions, an API server that is away;
 * and what STATUS says of it (P2, P4, F13, F28).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { pools } from "../../../core/kube/resources.ts";
import type { Refused } from "../../../core/ports/kube-api.ts";
import { whereaboutsConfig } from "../../support/cluster-node.ts";
import { createClusterWorld } from "../../support/cluster-world.ts";
import { given, refusalOf, refusedWith } from "../../support/world.ts";

const forbidden = (what: string): Refused => ({
  kind: "refused",
  status: 403,
  reason: "Forbidden",
  message: `${what} is forbidden: User "berth" cannot list resource "${what}" in API group "whereabouts.cni.cncf.io"`,
});
const missing: Refused = { kind: "refused", status: 404, reason: "NotFound", message: "the server could not find it" };

describe("P4: the mode", () => {
  test.each([
    { name: "missing: mixed", mode: "missing", entries: 1 },
    { name: "present: mixed", mode: "present", entries: 1 },
    { name: "absent: exclusive", mode: "absent", entries: 0 },
  ] as const)("$name", async ({ mode, entries }) => {
    const world = createClusterWorld(mode);
    const node = await world.node();
    given(await world.until(node.add("c1")));
    expect(Object.keys(world.entries()).length).toBe(entries);
    expect(world.held()).toEqual(["10.0.0.1 c1"]);
  });

  test("is read before the first ADD, and confirmed at least every 2 minutes", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    const reads = () => node.link.calls.filter((call) => call === "read configmaps berth").length;
    expect(reads()).toBe(1);
    await world.advance(600_000);
    expect(reads()).toBeGreaterThanOrEqual(6);
  });

  test("is confirmed again after a reconnect", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    node.link.calls.splice(0);
    node.link.connections += 1;
    await world.advance(5_001);
    expect(node.link.calls).toContain("read configmaps berth");
  });

  test("unconfirmed for 5 minutes fences: ADD answers code 11, until it is confirmed again", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    const back = node.link.always("configmaps", "away");
    await world.advance(290_000);
    given(await world.until(node.add("c1")));
    await world.advance(20_000);
    const refused = await world.until(node.add("c2"));
    expect(refusalOf(refused)).toMatchObject({ name: "ClusterUnready", code: 11 });
    expect(refusalOf(refused).message).toContain('the mode (ConfigMap "berth", key whereabouts)');
    back();
    await world.advance(5_000);
    given(await world.until(node.add("c3")));
  });

  test("is followed: an agent that learns of absent writes no more entries", async () => {
    const world = createClusterWorld("present");
    const node = await world.node();
    given(await world.until(node.add("c1")));
    world.setMode("absent");
    await world.advance(130_000);
    given(await world.until(node.add("c2")));
    expect(Object.keys(world.entries())).toEqual(["1"]);
  });

  test("absent: an entry that somebody wrote makes its address taken once the network is listed", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    given(await world.until(node.add("c1", { config: whereaboutsConfig({ range: "10.0.0.0/30" }) })));
    world.writeEntry("2", { id: "x", podref: "default/x", ifname: "net1" }, "blue-10.0.0.0-30");
    world.reserve("blue-10.0.0.2", "default/x");
    const config = whereaboutsConfig({ range: "10.0.0.0/30" });
    expect(refusedWith(await world.until(node.add("c2", { config })))).toBe("PoolFull");
    world.remove("blue-10.0.0.2");
    await world.advance(10_000);
    expect(refusedWith(await world.until(node.add("c3", { config })))).toBe("PoolFull");
  });
});

test("P2, F13: pools found only in another namespace stop ADD with a message that names both", async () => {
  const world = createClusterWorld();
  world.server.create(pools, {
    metadata: { name: "10.0.0.0-24", namespace: "openshift-multus" },
    spec: { range: "10.0.0.0/24", allocations: {} },
  });
  const node = await world.node();
  const refused = await world.until(node.add("c1"));
  expect(refusalOf(refused)).toMatchObject({ name: "ClusterUnready", code: 11 });
  expect(refusalOf(refused).message).toContain("kube-system");
  expect(refusalOf(refused).message).toContain("openshift-multus");
  expect(node.flow.trouble.join()).toContain("openshift-multus");
});

test("P2, F7: a definition that sets overlapping ranges otherwise is refused with code 7, and names the one that set it", async () => {
  const world = createClusterWorld();
  const [first, second] = [await world.node(), await world.node()];
  given(await world.until(first.add("c1", { config: whereaboutsConfig({}, "on-net") })));
  const config = whereaboutsConfig({ enable_overlapping_ranges: false }, "off-net");
  const refused = await world.until(second.add("c2", { config }));
  expect(refusalOf(refused)).toMatchObject({ name: "PoolDisagreement", code: 7 });
  expect(refusalOf(refused).message).toContain('"on-net"');
  expect(world.held()).toEqual(["10.0.0.1 c1"]);
});

test("P2: with overlapping ranges off the name is of the pool: one holder in the pool", async () => {
  const world = createClusterWorld();
  const nodes = [await world.node(), await world.node()];
  const config = whereaboutsConfig({ enable_overlapping_ranges: false });
  const wide = whereaboutsConfig({ enable_overlapping_ranges: false, range: "10.0.0.0/24" }, "wide");
  const answers = await world.until(Promise.all(nodes.map((node, at) => node.add(`c${at}`, { config }))));
  expect(answers.flatMap(given).sort()).toEqual(["10.0.0.1/29", "10.0.0.2/29"]);
  expect(given(await world.until(nodes[0]?.add("c9", { config: wide }) ?? Promise.reject(new Error())))).toEqual([
    "10.0.0.1/24",
  ]);
  expect([...world.standing().keys()].sort()).toEqual([
    "blue-10.0.0.0-24.10.0.0.1",
    "blue-10.0.0.0-29.10.0.0.1",
    "blue-10.0.0.0-29.10.0.0.2",
  ]);
});

test("P2, F39: a network_name that no object can bear is refused before anything is sent", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  for (const network_name of ["Blue", "blue_net", "b".repeat(151)]) {
    node.link.calls.splice(0);
    const refused = await world.until(node.add("c1", { config: whereaboutsConfig({ network_name }) }));
    expect(refusalOf(refused)).toMatchObject({ name: "InvalidConfig", code: 7 });
    expect(node.link.calls).toEqual([]);
  }
});

describe("an API server that is away at the start", () => {
  test("does not keep the agent from starting: ADD answers code 11, DEL is accepted and kept, STATUS says why (F28)", async () => {
    const world = createClusterWorld();
    const node = world.nodeAtRest();
    const back = node.link.always("", "away");
    await node.start();
    const refused = await world.until(node.add("c1"));
    expect(refusalOf(refused)).toMatchObject({ name: "ClusterUnready", code: 11 });
    expect(await world.until(node.del("c2"))).toMatchObject({ kind: "done" });
    expect(node.flow.trouble.join()).toContain("could not be read yet: connection refused");
    back();
    await world.advance(5_000);
    expect(node.flow.trouble).toEqual([]);
    given(await world.until(node.add("c3")));
  });

  test("an ADD that waits for it is answered when it comes back in time", async () => {
    const world = createClusterWorld();
    const node = world.nodeAtRest();
    const back = node.link.always("", "away");
    await node.start();
    const answer = node.add("c1");
    void world.clock.wait(3_000).then(back);
    expect(given(await world.until(answer))).toEqual(["10.0.0.1/29"]);
  });
});

test("F28: an API server that is away for a moment is no reason for STATUS; after 60 s it is", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  await world.advance(55_000);
  const back = node.link.always("", "away");
  await world.advance(60_000);
  expect(node.flow.trouble).toEqual([]);
  await world.advance(70_000);
  expect(node.flow.trouble.join()).toContain("does not answer: connection refused");
  back();
  await world.advance(70_000);
  expect(node.flow.trouble).toEqual([]);
});

test("a missing permission is no API server that is away: STATUS says what cannot be done without it", async () => {
  const world = createClusterWorld("present");
  const node = await world.node();
  await world.advance(1_000);
  // As an API server is: no answer comes in no time.
  node.link.always("list overlapping", { slowMs: 1_500 });
  const allow = node.link.always("list pods", { refused: forbidden("these") });
  await world.advance(700_000);
  expect(node.flow.trouble).toEqual([
    `cannot take on record what Whereabouts gave to pods of this node: ${forbidden("these").message}`,
  ]);
  allow();
  await world.advance(130_000);
  expect(node.flow.trouble).toEqual([]);
});

describe("what is missing in the cluster is named", () => {
  test("a missing kind, until it is installed", async () => {
    const world = createClusterWorld();
    const node = world.nodeAtRest();
    const installed = node.link.always("ippools", { refused: missing });
    await node.start();
    await world.advance(1);
    const refused = await world.until(node.add("c1"));
    expect(refusalOf(refused).message).toContain("the kind IPPool");
    expect(node.flow.trouble.join()).toContain("kubectl apply -f crds/");
    installed();
    await world.advance(130_000);
    given(await world.until(node.add("c2")));
  });

  test("a forbidden verb at the start: the message names the rule", async () => {
    const world = createClusterWorld();
    const node = world.nodeAtRest();
    node.link.always("list ippools", { refused: forbidden("ippools") });
    await node.start();
    await world.advance(1);
    expect(refusalOf(await world.until(node.add("c1"))).message).toContain('cannot list resource "ippools"');
  });

  test.each(["create overlapping", "read ippools", "create ippools"])(
    "a forbidden verb in the middle of an ADD (%s): the message names the rule, and nothing is kept",
    async (call) => {
      const world = createClusterWorld();
      const node = await world.node();
      node.link.always(call, { refused: forbidden("reservations") });
      const refused = await world.until(node.add("c1"));
      expect(refusalOf(refused).message).toContain('cannot list resource "reservations"');
      await world.advance(130_000);
      expect(await node.rows()).toEqual([]);
      expect(world.held()).toEqual([]);
    },
  );

  test("401 passes: credentials are renewed on disk, and the ADD waits for it", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    const refused: Refused = { kind: "refused", status: 401, reason: "Unauthorized", message: "Unauthorized" };
    node.link.next("create overlapping", { refused }, { refused }, { refused });
    expect(given(await world.until(node.add("c1")))).toEqual(["10.0.0.1/29"]);
  });
});

test("P11: a container without a pod is refused in a cluster, for its addresses belong to pods (F6)", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  expect(refusedWith(await world.until(node.add("c1", { pod: undefined })))).toBe("InvalidEnvironment");
});
