/**
 * A crash before and after every port call of ADD and DEL, in one process: whatever happens next, nothing is held twice,
 * nothing answered is forgotten, nothing leaks (invariants 1 to 4).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import type { AddAnswer } from "../../../core/flow/add.ts";
import { formatAddress } from "../../../core/ip/address-text.ts";
import { type CrashPoint, dyingAt, withCrashPoints } from "../../support/crash-points.ts";
import { address } from "../../support/samples.ts";
import { berthConfig, createWorld, given, type World } from "../../support/world.ts";

const dual = berthConfig({
  ranges: [{ range: "10.0.0.0/29" }, { range: "fd00::/125" }],
  addresses: [{ address: "10.9.0.7/24" }],
});
const pod = { namespace: "default", name: "web-0", uid: "u1" };
const bystander = {
  containerId: "c0",
  netns: "/run/netns/zero",
  config: dual,
  requested: [{ address: address("10.9.0.9"), prefixLength: 24, gateway: undefined, from: "" }],
};
const lonely = berthConfig({ ranges: [{ range: "10.0.0.0/29" }] });

type Scenario = {
  readonly name: string;
  /** What stands before; runs without crashes. */
  readonly before: (world: World) => Promise<unknown>;
  /** The call that is cut off. */
  readonly act: (world: World) => Promise<unknown>;
};

const scenarios: Scenario[] = [
  {
    name: "an ADD of three addresses",
    before: async () => undefined,
    act: (world) => world.add({ config: dual, pod }),
  },
  {
    name: "a repeated ADD",
    before: (world) => world.add({ config: dual, pod }),
    act: (world) => world.add({ config: dual, pod }),
  },
  {
    name: "an ADD of a new sandbox",
    before: async (world) => {
      given(await world.add({ config: dual, pod, containerId: "c-old", netns: "/run/netns/old" }));
      world.namespaces.delete("/run/netns/old");
    },
    act: (world) => world.add({ config: dual, pod }),
  },
  {
    name: "an ADD that finds the second range full",
    before: (world) => world.add({ ...bystander, config: lonely, requested: [] }),
    act: (world) =>
      world.add({ config: berthConfig({ ranges: [{ range: "10.0.0.0/29" }, { range: "10.0.0.1/32" }] }) }),
  },
  { name: "a DEL", before: (world) => world.add({ config: dual, pod }), act: (world) => world.del() },
  {
    name: "a second DEL",
    before: async (world) => (await world.add({ config: dual, pod }), world.del()),
    act: (world) => world.del(),
  },
  {
    name: "a sweep",
    before: async (world) => (await world.add({ config: dual, pod }), world.namespaces.delete("/run/netns/a")),
    act: (world) => world.clock.until(world.flow.sweep()),
  },
];

/** What a runtime may do after an agent died under its call. */
const sequels: { name: string; run: (world: World) => Promise<void> }[] = [
  {
    name: "the runtime tries again and ends the attachment later",
    run: async (world) => {
      world.namespaces.set("/run/netns/a", "101");
      const answer: AddAnswer = await world.add({ config: dual, pod });
      const held = await world.held();
      for (const text of given(answer)) expect(held).toContain(text.split("/")[0]);
      await world.del();
      await world.del({ containerId: "c-old" });
    },
  },
  {
    name: "the runtime ends the attachment",
    run: async (world) => void (await world.del(), await world.del({ containerId: "c-old" })),
  },
  {
    name: "nobody comes: the namespaces are gone",
    run: async (world) => {
      world.namespaces.clear();
      world.namespaces.set("/run/netns/zero", "100");
      await world.clock.until(world.flow.sweep());
    },
  },
];

/** Runs a scenario that dies at a point. @returns the points it saw, and whether it lived to the end. */
async function runUntil(scenario: Scenario, point: number, store: "embedded" | "fake") {
  const { atPoint, seen } = dyingAt(point);
  let isArmed = false;
  const plain = createWorld({ store });
  plain.namespaces.set("/run/netns/zero", "100");
  plain.namespaces.set("/run/netns/old", "99");
  await scenario.before(plain);
  await plain.clock.advance(100);
  const world = plain.restart({ wrap: (ports) => withCrashPoints(ports, (at) => (isArmed ? atPoint(at) : undefined)) });
  await world.clock.until(world.flow.start());
  await world.clock.advance(100);
  isArmed = true;
  // What never comes back is the crash.
  const outcome = await scenario.act(world).then(
    (answer) => ({ isDead: false, answer }),
    () => ({ isDead: true, answer: undefined }),
  );
  if (!outcome.isDead) await world.clock.advance(100);
  return { world, seen, outcome };
}

async function invariants(world: World): Promise<void> {
  const reservations = await world.reservations();
  const places = reservations.map(({ place }) => formatAddress(place.address));
  expect(new Set(places).size, "an address is held twice").toBe(places.length);
  for (const reservation of reservations) {
    const row = await world.ports.journal.rowAt(reservation.place);
    expect(row?.attempts, `${formatAddress(reservation.place.address)} is held, and no row knows of it`).toContain(
      reservation.attempt,
    );
  }
}

describe.each(["embedded", "fake"] as const)("on the %s store, a crash", (store) => {
  describe.each(scenarios)("in $name", (scenario) => {
    test("at any port call loses nothing and leaks nothing, whatever the runtime does next", {
      timeout: 60_000,
    }, async () => {
      const whole = await runUntil(scenario, Number.POSITIVE_INFINITY, store);
      whole.world.close();
      const first = whole.seen[0]?.number ?? 0;
      const points: CrashPoint[] = whole.seen;
      expect(points.length).toBeGreaterThanOrEqual(4);
      for (const { number, call, when } of points) {
        for (const sequel of sequels) {
          const { world, outcome } = await runUntil(scenario, number, store);
          const label = `${when} ${call} (${number - first + 1} of ${points.length}), then ${sequel.name}`;
          const after = world.restart({ wrap: (ports) => ports });
          try {
            await after.clock.until(after.flow.start());
            await invariants(after);
            if (!outcome.isDead && scenario.name.includes("ADD"))
              expect((await after.held()).length, label).toBeGreaterThan(0);
            await sequel.run(after);
            await after.clock.advance(1000);
            await invariants(after);
            const left = (await after.reservations()).filter(({ holder }) => holder?.attachment.containerId !== "c0");
            expect(left, label).toEqual([]);
            for (const state of ["intent", "freeing"] as const)
              expect((await after.ports.journal.page(state, undefined)).rows, label).toEqual([]);
          } finally {
            after.close();
          }
        }
      }
    });
  });
});
