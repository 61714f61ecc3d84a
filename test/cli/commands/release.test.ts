/**
 * `berthctl release` asks first, and releases nothing else than what it showed.
 *
 * @module
 */
import { afterEach, describe, expect, test } from "vitest";
import { berthConfig } from "../../support/world.ts";
import { createDesk, type OpenDesk } from "../desk.ts";

let desk: OpenDesk;
afterEach(() => desk.close());

const pod = { namespace: "default", name: "web-0", uid: "uid-1" };
const what = "10.0.0.1 of pod default/web-0 (network blue)";

async function heldByPod(): Promise<void> {
  desk = createDesk();
  await desk.agent.add({ pod });
}

describe("berthctl release", () => {
  test("asks whether it is the right one, and releases it", async () => {
    await heldByPod();
    desk.agent.namespaces.clear();
    const told = await desk.with({ answer: "y" }).berthctl("release", "10.0.0.1");
    expect(desk.asked).toEqual([`Release ${what}? [y/N] `]);
    expect(told).toEqual({ code: 0, out: `Released ${what}\n`, err: "" });
    expect(await desk.agent.held()).toEqual([]);
  });

  test.for([
    { name: "no", answer: "n", code: 1 },
    { name: "nothing", answer: "", code: 1 },
    { name: "something else", answer: "yesterday", code: 1 },
    { name: "an interrupt", answer: undefined, code: 130 },
  ])("takes $name for a no", async ({ answer, code }) => {
    await heldByPod();
    desk.agent.namespaces.clear();
    const told = await desk.with({ answer }).berthctl("release", "10.0.0.1");
    expect(told).toEqual({ code, out: "", err: "Nothing was released\n" });
    expect(await desk.agent.held()).toEqual(["10.0.0.1"]);
  });

  test("releases nothing without a terminal, unless --yes", async () => {
    await heldByPod();
    desk.agent.namespaces.clear();
    expect(await desk.berthctl("release", "10.0.0.1")).toEqual({
      code: 2,
      out: "",
      err: `Cannot release address "10.0.0.1": expected a terminal to ask on, or --yes\n  it would release ${what}\n`,
    });
    expect(await desk.agent.held()).toEqual(["10.0.0.1"]);
    expect((await desk.berthctl("release", "10.0.0.1", "--yes")).code).toBe(0);
    expect(await desk.agent.held()).toEqual([]);
  });

  test("is refused while the namespace stands, unless --force", async () => {
    await heldByPod();
    const { code, err } = await desk.berthctl("release", "10.0.0.1", "--yes");
    expect(code).toBe(1);
    expect(err).toContain('Cannot release address "10.0.0.1": expected its attachment to have ended');
    expect(err).toContain("\n  run: berthctl show 10.0.0.1\n");
    expect(await desk.agent.held()).toEqual(["10.0.0.1"]);
    expect((await desk.berthctl("release", "10.0.0.1", "--yes", "--force")).code).toBe(0);
    expect(await desk.agent.held()).toEqual([]);
  });

  test("releases nobody else's address, who got it while the question stood", async () => {
    await heldByPod();
    const { journal } = desk.agent.ports;
    const meanwhile = async () => {
      for (const { id, holder, index } of (await journal.page("lease", undefined)).rows)
        await journal.commit([{ kind: "renew", id, holder, index, attempt: "of another sandbox" }]);
      desk.agent.namespaces.clear();
    };
    const { code, err } = await desk.with({ answer: "y", meanwhile }).berthctl("release", "10.0.0.1");
    expect(code).toBe(1);
    expect(err).toContain("another attachment has the address by now");
    expect(await desk.agent.held()).toEqual(["10.0.0.1"]);
  });

  test("wants to know the network when several hold the address", async () => {
    await heldByPod();
    await desk.agent.add({ containerId: "c2", config: berthConfig({ network_name: "red" }, "red-net") });
    desk.agent.namespaces.clear();
    expect(await desk.berthctl("release", "10.0.0.1", "--yes")).toEqual({
      code: 2,
      out: "",
      err: [
        'Cannot release address "10.0.0.1": expected --network, because several hold it:',
        "  network blue, range 10.0.0.0/29: pod default/web-0, container c1, interface net1",
        "  network red, range 10.0.0.0/29: container c2, interface net1",
        "  run: berthctl show 10.0.0.1",
        "",
      ].join("\n"),
    });
    const { out } = await desk.berthctl("release", "10.0.0.1", "--yes", "--network", "red");
    expect(out).toBe("Released 10.0.0.1 of container c2 (network red)\n");
  });

  /** With overlapping ranges off each pool may give the address once. */
  async function heldInBothPools(): Promise<void> {
    desk = createDesk();
    for (const [containerId, range, name] of [
      ["c10", "10.0.0.0/29", "a-net"],
      ["c1", "10.0.0.0/28", "b-net"],
    ] as const) {
      const config = berthConfig({ enable_overlapping_ranges: false, ranges: [{ range }] }, name);
      await desk.agent.add({ containerId, config, pod: containerId === "c1" ? pod : undefined });
    }
    desk.agent.namespaces.clear();
  }

  async function left(): Promise<readonly string[]> {
    const { leases } = JSON.parse((await desk.berthctl("leases", "--json")).out) as { leases: { container: string }[] };
    return leases.map(({ container }) => container);
  }

  const holders = [
    "  network blue, range 10.0.0.0/28: pod default/web-0, container c1, interface net1",
    "  network blue, range 10.0.0.0/29: container c10, interface net1",
    "  run: berthctl show 10.0.0.1",
    "",
  ].join("\n");

  test("releases neither of two holders of one network, and names both", async () => {
    await heldInBothPools();
    expect(await desk.berthctl("release", "10.0.0.1", "--yes", "--network", "blue")).toEqual({
      code: 2,
      out: "",
      err: `Cannot release address "10.0.0.1": expected --range, because several hold it:\n${holders}`,
    });
    expect(await left()).toEqual(["c1", "c10"]);
  });

  test.for([
    { name: "its range", args: ["--range", "10.0.0.0/29"], rest: "c1", released: "container c10", range: "/29" },
    { name: "host bits", args: ["--range", "10.0.0.9/28"], rest: "c10", released: "pod default/web-0", range: "/28" },
    { name: "a whole id", args: ["--container", "c1"], rest: "c10", released: "pod default/web-0", range: "/28" },
    {
      name: "an id that begins as another",
      args: ["--container", "c10"],
      rest: "c1",
      released: "container c10",
      range: "/29",
    },
  ])("releases the holder that is named by $name, and no other", async ({ args, rest, released, range }) => {
    await heldInBothPools();
    const { out } = await desk.berthctl("release", "10.0.0.1", "--yes", ...args);
    expect(out).toBe(`Released 10.0.0.1 of ${released} (network blue, range 10.0.0.0${range})\n`);
    expect(await left()).toEqual([rest]);
  });

  test.for([
    { name: "a range that does not hold it", args: ["--range", "10.0.0.0/30"] },
    { name: "another container", args: ["--container", "c2"] },
    { name: "the container of another range", args: ["--container", "c10", "--range", "10.0.0.0/28"] },
  ])("refuses $name, and names the holders", async ({ args }) => {
    await heldInBothPools();
    expect(await desk.berthctl("release", "10.0.0.1", "--yes", ...args)).toEqual({
      code: 1,
      out: "",
      err: `Cannot release address "10.0.0.1": expected its holder by --range and --container, found:\n${holders}`,
    });
  });

  test("refuses a range that is none", async () => {
    await heldInBothPools();
    const { code, err } = await desk.berthctl("release", "10.0.0.1", "--yes", "--range", "10.0.0.0/40");
    expect(code).toBe(2);
    expect(err).toContain('Cannot use range "10.0.0.0/40": expected ');
  });

  test("names the other command for a withheld address", async () => {
    await heldByPod();
    await desk.berthctl("withhold", "10.0.0.3", "--reason", "printer");
    const { code, err } = await desk.berthctl("release", "10.0.0.3", "--yes");
    expect(code).toBe(1);
    expect(err).toContain("run: berthctl withhold 10.0.0.3 --undo --network blue\n");
  });

  test("refuses an address that nobody holds", async () => {
    await heldByPod();
    const { code, err } = await desk.berthctl("release", "10.0.0.4", "--yes");
    expect(code).toBe(1);
    expect(err).toBe(
      'Cannot release address "10.0.0.4": expected an address that is held\n  run: berthctl show 10.0.0.4\n',
    );
  });

  test.for([
    {
      name: "no agent",
      why: "absent",
      code: 3,
      says: "expected an agent that listens there\n  start it: systemctl start berth-agent\n",
    },
    {
      name: "no rights",
      why: "denied",
      code: 4,
      says: "expected root, who alone may reach it\n  run it with: sudo berthctl\n",
    },
    {
      name: "half an answer",
      why: "unclear",
      code: 3,
      says: "expected a whole answer, found: x\n  run: berthctl doctor\n",
    },
  ] as const)("with $name asks nothing and ends with $code", async ({ why, code, says }) => {
    await heldByPod();
    const unreachable = { kind: "unreachable", why, reason: "x" } as const;
    const told = await desk.with({ unreachable, answer: "y" }).berthctl("release", "10.0.0.1");
    expect(told.code).toBe(code);
    expect(told.err).toContain(says);
    expect(desk.asked).toEqual([]);
  });
});
