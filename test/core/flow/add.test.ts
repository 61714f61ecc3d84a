/**
 * The path of an ADD: what is given, again, elsewhere, or refused.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { owned, ownWorld } from "../../support/own-world.ts";
import { address } from "../../support/samples.ts";
import { berthConfig, given, refusedWith } from "../../support/world.ts";

const asked = (text: string) => ({
  address: address(text),
  prefixLength: undefined,
  gateway: undefined,
  from: "runtimeConfig.ips",
});
const pod = (uid: string | undefined, name = "web-0") => ({ namespace: "default", name, uid });

describe("an ADD", () => {
  test("gives the lowest free address of each range, and shows it in the store", async () => {
    const world = ownWorld();
    const config = berthConfig({ ranges: [{ range: "10.0.0.0/29", gateway: "10.0.0.1" }, { range: "fd00::/125" }] });
    const answer = await world.add({ config });
    expect(given(answer)).toEqual(["10.0.0.2/29", "fd00::1/125"]);
    expect(answer.kind === "result" && answer.result.addresses.map(({ gateway }) => gateway)).toEqual([
      address("10.0.0.1"),
      undefined,
    ]);
    expect(await world.held()).toEqual(["10.0.0.2", "fd00::1"]);
  });

  test("gives the same answer to a repeated ADD, and holds nothing twice", async () => {
    const world = ownWorld();
    const first = given(await world.add());
    expect(given(await world.add())).toEqual(first);
    expect(await world.held()).toHaveLength(1);
  });

  test("gives two ranges of one CIDR two addresses, and the same two again", async () => {
    const world = ownWorld();
    const config = berthConfig({ ranges: [{ range: "10.0.0.0/29" }, { range: "10.0.0.0/29" }] });
    const first = given(await world.add({ config }));
    expect(first).toEqual(["10.0.0.1/29", "10.0.0.2/29"]);
    expect(given(await world.add({ config }))).toEqual(first);
  });

  test("isolates networks: the same address is held once in each", async () => {
    const world = ownWorld({ networks: ["blue", "red"] });
    await world.add();
    const red = berthConfig({ network_name: "red" }, "red-net");
    expect(given(await world.add({ config: red, containerId: "c2" }))).toEqual(["10.0.0.1/29"]);
  });

  test("gives different definitions of one network different addresses, also to one interface", async () => {
    const world = ownWorld();
    expect(given(await world.add())).toEqual(["10.0.0.1/29"]);
    expect(given(await world.add({ config: berthConfig({}, "other-net") }))).toEqual(["10.0.0.2/29"]);
  });

  test("gives the requested address instead of the lowest", async () => {
    const world = ownWorld();
    expect(given(await world.add({ requested: [asked("10.0.0.5")] }))).toEqual(["10.0.0.5/29"]);
  });

  test("refuses a requested address that is held, and says by whom; never gives another", async () => {
    const world = ownWorld();
    await world.add({ requested: [asked("10.0.0.5")], pod: pod("u1", "db-0") });
    const answer = await world.add({ containerId: "c2", requested: [asked("10.0.0.5")] });
    expect(refusedWith(answer)).toBe("AddressTaken");
    expect(answer.kind === "failure" && answer.failure.message).toMatch(/db-0.*net1.*node-1/);
    expect(await world.held()).toEqual(["10.0.0.5"]);
  });

  test.each(["10.0.0.0", "10.0.0.7", "10.0.0.1", "192.168.0.1"])(
    "refuses the requested address %s, which no range can give",
    async (text) => {
      const world = ownWorld();
      const config = berthConfig({ ranges: [{ range: "10.0.0.0/29", gateway: "10.0.0.1" }] });
      expect(refusedWith(await world.add({ config, requested: [asked(text)] }))).toBe("AddressNotAllowed");
      expect(await world.held()).toEqual([]);
    },
  );

  test("gives a static address to one holder, also beside a range that covers it", async () => {
    const world = ownWorld();
    const config = berthConfig({ addresses: [{ address: "10.0.0.2/29" }] });
    expect(given(await world.add({ config }))).toEqual(["10.0.0.1/29", "10.0.0.2/29"]);
    expect(refusedWith(await world.add({ config, containerId: "c2" }))).toBe("AddressTaken");
    expect(await world.held()).toEqual(["10.0.0.1", "10.0.0.2"]);
  });

  test("does not hold a static address where unique is off", async () => {
    const world = ownWorld();
    const config = berthConfig({ ranges: [], addresses: [{ address: "10.0.0.2/29" }], unique: false });
    expect(given(await world.add({ config }))).toEqual(["10.0.0.2/29"]);
    expect(given(await world.add({ config, containerId: "c2" }))).toEqual(["10.0.0.2/29"]);
  });

  test("gives everything back when one of its ranges is full", async () => {
    const world = ownWorld();
    const config = berthConfig({ ranges: [{ range: "10.0.0.0/29" }, { range: "10.1.0.0/32" }] });
    expect(given(await world.add({ config }))).toEqual(["10.0.0.1/29", "10.1.0.0/32"]);
    const answer = await world.add({ config, containerId: "c2" });
    expect(refusedWith(answer)).toBe("PoolFull");
    expect(answer.kind === "failure" && answer.failure.message).toMatch(
      /10\.1\.0\.0\/32.*its only usable address is held/,
    );
    await world.clock.advance(100);
    expect(await world.held()).toEqual(["10.0.0.1", "10.1.0.0"]);
  });

  test("refuses a definition with faults, and changes nothing", async () => {
    const world = ownWorld();
    expect(refusedWith(await world.add({ config: berthConfig({ ranges: [{ range: "10.0.0.0/33" }] }) }))).toBe(
      "InvalidConfig",
    );
    expect(await world.held()).toEqual([]);
  });

  test("refuses a namespace that is not there, and changes nothing", async () => {
    const world = ownWorld();
    expect(refusedWith(await world.add({ netns: "/run/netns/none" }))).toBe("NamespaceGone");
    expect(await world.held()).toEqual([]);
  });

  test("serves a namespace that cannot be proven one, and warns that its end cannot be proven either", async () => {
    const world = ownWorld();
    world.namespaces.set("/run/netns/f", "file");
    given(await world.add({ netns: "/run/netns/f" }));
    expect(world.logged).toContainEqual(
      expect.objectContaining({ level: "warn", fields: expect.objectContaining({ netns: "/run/netns/f" }) }),
    );
  });

  test("answers that DHCP is not served here", async () => {
    const world = ownWorld();
    expect(refusedWith(await world.add({ config: berthConfig({ ranges: undefined, dhcp: {} }) }))).toBe(
      "DhcpUnavailable",
    );
  });

  test("never gives one address in two scopes, also when the pool was empty between", async () => {
    const world = ownWorld();
    const on = berthConfig();
    const off = berthConfig({ enable_overlapping_ranges: false }, "off-net");
    given(await world.add({ config: on }));
    await world.del();
    await world.clock.advance(10);
    expect(given(await world.add({ config: off, containerId: "c2" }))).toEqual(["10.0.0.1/29"]);
    expect(refusedWith(await world.add({ config: on, containerId: "c3" }))).toBe("PoolDisagreement");
    expect(refusedWith(await world.add({ config: on, containerId: "c3" }))).toBe("PoolDisagreement");
    await world.del({ containerId: "c2", definition: "off-net" });
    await world.clock.advance(10);
    expect(given(await world.add({ config: on, containerId: "c3" }))).toEqual(["10.0.0.1/29"]);
  });

  test("refuses a definition that sets overlapping ranges otherwise while the pool is in use", async () => {
    const world = ownWorld();
    await world.add();
    const config = berthConfig({ enable_overlapping_ranges: false }, "other-net");
    const answer = await world.add({ config, containerId: "c2" });
    expect(refusedWith(answer)).toBe("PoolDisagreement");
    expect(answer.kind === "failure" && answer.failure.message).toContain("blue-net");
  });
});

describe("an ADD of a new sandbox", () => {
  test("gets the address of the same pod's interface when the old sandbox has gone", async () => {
    const world = ownWorld();
    expect(given(await world.add({ pod: pod("u1") }))).toEqual(["10.0.0.1/29"]);
    world.namespaces.delete("/run/netns/a");
    world.namespaces.set("/run/netns/b", "202");
    expect(given(await world.add({ pod: pod("u1"), containerId: "c2", netns: "/run/netns/b" }))).toEqual([
      "10.0.0.1/29",
    ]);
    expect(await world.held()).toEqual(["10.0.0.1"]);
    await world.del({ containerId: "c1" });
    expect(await world.held()).toEqual(["10.0.0.1"]);
    await world.del({ containerId: "c2" });
    await world.clock.advance(100);
    expect(await world.held()).toEqual([]);
  });

  test("gets a new address, and a warning is logged, while the old sandbox stands", async () => {
    const world = ownWorld();
    await world.add({ pod: pod("u1") });
    world.namespaces.set("/run/netns/b", "202");
    expect(given(await world.add({ pod: pod("u1"), containerId: "c2", netns: "/run/netns/b" }))).toEqual([
      "10.0.0.2/29",
    ]);
    expect(world.logged.some(({ level, message }) => level === "warn" && message.includes("sandbox"))).toBe(true);
  });

  test.each([
    { name: "another uid of the same name", uid: "u2" },
    { name: "no uid at all", uid: undefined },
  ])("is a new owner with $name", async ({ uid }) => {
    const world = ownWorld();
    await world.add({ pod: pod("u1") });
    world.namespaces.delete("/run/netns/a");
    world.namespaces.set("/run/netns/b", "202");
    expect(given(await world.add({ pod: pod(uid), containerId: "c2", netns: "/run/netns/b" }))).toEqual([
      "10.0.0.2/29",
    ]);
  });

  test("gets its address again after a reboot, for which no DEL comes", async () => {
    const world = ownWorld();
    await world.add({ pod: pod("u1") });
    await world.add({ pod: pod("u2", "web-1"), containerId: "c9" });
    const after = owned(world.restart({ bootId: "boot-2" }));
    await after.flow.start();
    after.namespaces.set("/run/netns/b", "202");
    expect(given(await after.add({ pod: pod("u2", "web-1"), containerId: "c10", netns: "/run/netns/b" }))).toEqual([
      "10.0.0.2/29",
    ]);
  });
});

describe("an ADD after the definition changed", () => {
  test("gives the address back that the definition no longer allows, and gets another", async () => {
    const world = ownWorld();
    expect(given(await world.add())).toEqual(["10.0.0.1/29"]);
    const config = berthConfig({ ranges: [{ range: "10.0.0.0/29", exclude: ["10.0.0.1"] }] });
    expect(given(await world.add({ config }))).toEqual(["10.0.0.2/29"]);
    await world.clock.advance(100);
    expect(await world.held()).toEqual(["10.0.0.2"]);
  });
});

describe("a full pool", () => {
  const tiny = berthConfig({ ranges: [{ range: "10.1.0.0/32" }] });

  test("gives the address of a lease that is proven stale, at once", async () => {
    const world = ownWorld();
    await world.add({ config: tiny });
    world.namespaces.delete("/run/netns/a");
    world.namespaces.set("/run/netns/b", "202");
    expect(given(await world.add({ config: tiny, containerId: "c2", netns: "/run/netns/b" }))).toEqual(["10.1.0.0/32"]);
  });

  test("gives the requested address of a lease that is proven stale", async () => {
    const world = ownWorld();
    await world.add({ config: tiny });
    world.namespaces.delete("/run/netns/a");
    world.namespaces.set("/run/netns/b", "202");
    expect(
      given(
        await world.add({ config: tiny, containerId: "c2", netns: "/run/netns/b", requested: [asked("10.1.0.0")] }),
      ),
    ).toEqual(["10.1.0.0/32"]);
  });

  test("waits for an address on its way back before it refuses", async () => {
    const world = ownWorld({ store: "fake" });
    await world.add({ config: tiny });
    world.fake.lose("release", "before", "before");
    const ending = world.del();
    const adding = world.add({ config: tiny, containerId: "c2" });
    await ending;
    expect(given(await adding)).toEqual(["10.1.0.0/32"]);
  });

  test("gives a resting address before it refuses, and a rested one first otherwise", async () => {
    const world = ownWorld();
    const config = berthConfig({ ranges: [{ range: "10.0.0.0/30" }], reuse_after: "60s" });
    await world.add({ config });
    await world.del();
    await world.clock.advance(10);
    expect(given(await world.add({ config, containerId: "c2" }))).toEqual(["10.0.0.2/30"]);
    expect(given(await world.add({ config, containerId: "c3" }))).toEqual(["10.0.0.1/30"]);
    expect(refusedWith(await world.add({ config, containerId: "c4" }))).toBe("PoolFull");
  });

  test("gives a rested address again when its time has passed", async () => {
    const world = ownWorld();
    const config = berthConfig({ ranges: [{ range: "10.0.0.0/29" }], reuse_after: "60s" });
    await world.add({ config });
    await world.del();
    await world.clock.advance(61_000);
    expect(given(await world.add({ config, containerId: "c2" }))).toEqual(["10.0.0.1/29"]);
  });

  test("does not forget over a restart which addresses rest", async () => {
    const world = ownWorld();
    const config = berthConfig({ ranges: [{ range: "10.0.0.0/29" }], reuse_after: "60s" });
    await world.add({ config });
    await world.del();
    await world.clock.advance(10);
    const after = owned(world.restart());
    expect(given(await after.add({ config, containerId: "c2" }))).toEqual(["10.0.0.2/29"]);
  });
});
