/**
 * Two calls at once, the second begun at every moment of the first: whatever order they meet in, what is answered is on
 * record, what is on record is held, and all of it comes back. (A crash shows what is left undone; this, what is undone
 * by somebody else.)
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import type { AddAnswer } from "../../../core/flow/add.ts";
import { formatAddress } from "../../../core/ip/address-text.ts";
import { createWorld, given, type World } from "../../support/world.ts";

const pod = { namespace: "default", name: "web-0", uid: "u1" };
const old = { containerId: "c-old", netns: "/run/netns/old", pod };
const next = { containerId: "c-new", netns: "/run/netns/new", pod };
/** Past the last step of any call here. */
const moments = 60;

type Pair = {
  readonly name: string;
  readonly before: (world: World) => Promise<unknown>;
  readonly first: (world: World) => Promise<unknown>;
  readonly second: (world: World) => Promise<unknown>;
  /** How many ADDs have to be answered with addresses, at every moment. */
  readonly answers: number;
};

const sandboxGone = async (world: World) => {
  given(await world.add(old));
  world.namespaces.delete("/run/netns/old");
};
const oneLease = (world: World) => world.add({ pod });
const undelivered = async (world: World) => world.flow.undelivered(await world.add({ pod }));

const pairs: Pair[] = [
  {
    name: "an ADD of the new sandbox, a DEL of the old one",
    answers: 1,
    before: sandboxGone,
    first: (w) => w.add(next),
    second: (w) => w.del({ containerId: "c-old" }),
  },
  {
    name: "a DEL of the old sandbox, an ADD of the new one",
    answers: 1,
    before: sandboxGone,
    first: (w) => w.del({ containerId: "c-old" }),
    second: (w) => w.add(next),
  },
  {
    name: "an ADD of the new sandbox, a sweep",
    answers: 1,
    before: sandboxGone,
    first: (w) => w.add(next),
    second: (w) => w.flow.sweep(),
  },
  {
    name: "a sweep, an ADD of the new sandbox",
    answers: 1,
    before: sandboxGone,
    first: (w) => w.flow.sweep(),
    second: (w) => w.add(next),
  },
  {
    name: "two ADDs of two sandboxes of one pod",
    answers: 2,
    before: sandboxGone,
    first: (w) => w.add(next),
    second: (w) => w.add({ ...next, containerId: "c-third" }),
  },
  {
    name: "an ADD that is not delivered, a repeated ADD",
    answers: 1,
    before: async () => undefined,
    first: undelivered,
    second: oneLease,
  },
  { name: "a repeated ADD, a DEL", answers: 0, before: oneLease, first: oneLease, second: (w) => w.del() },
  { name: "a DEL, an ADD", answers: 1, before: oneLease, first: (w) => w.del(), second: oneLease },
  {
    name: "an ADD, a sweep",
    answers: 1,
    before: async () => undefined,
    first: oneLease,
    second: (w) => w.flow.sweep(),
  },
];

async function microtasks(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await Promise.resolve();
}

/** Each row that is no longer an intent has its reservation, and each reservation its row. */
async function agree(world: World, label: string): Promise<void> {
  const reservations = await world.reservations();
  for (const { place, attempt } of reservations) {
    const row = await world.ports.journal.rowAt(place);
    expect(row?.attempts, `${label}: ${formatAddress(place.address)} is held, and no row knows of it`).toContain(
      attempt,
    );
  }
  for (const row of (await world.ports.journal.page("lease", undefined)).rows) {
    const found = reservations.find(({ place }) => place.address.value === row.place.address.value);
    expect(found?.attempt, `${label}: a lease that nothing holds`).toBe(row.attempts.at(-1));
  }
}

function addresses(outcome: unknown): readonly string[] {
  const answer = outcome as AddAnswer | undefined;
  return answer?.kind === "result" ? given(answer).map((text) => text.split("/")[0] ?? "") : [];
}

describe.each(["embedded", "fake"] as const)("on the %s store", (store) => {
  test.each(pairs)("$name: at every moment", { timeout: 60_000 }, async ({ name, answers, before, first, second }) => {
    for (let moment = 0; moment < moments; moment += 1) {
      const world = createWorld({ store });
      const label = `${name}, after ${moment} steps`;
      for (const path of ["old", "new"]) world.namespaces.set(`/run/netns/${path}`, path === "old" ? "11" : "22");
      try {
        await before(world);
        await world.clock.advance(10);
        const one = first(world);
        await microtasks(moment);
        const two = second(world);
        const outcomes = [await world.clock.until(one), await world.clock.until(two)];
        await world.clock.advance(1000);
        await agree(world, label);
        const answered = outcomes.filter((outcome) => addresses(outcome).length > 0).length;
        expect(answered, `${label}: an ADD was refused`).toBeGreaterThanOrEqual(answers);
        const isEnded = /DEL$|not delivered/.test(name);
        for (const text of isEnded ? [] : outcomes.flatMap(addresses)) {
          expect(await world.held(), `${label}: answered and not held`).toContain(text);
        }
        for (const containerId of ["c-old", "c-new", "c-third", "c1"]) await world.del({ containerId });
        await world.clock.advance(1000);
        expect(await world.held(), `${label}: leaked`).toEqual([]);
      } finally {
        world.close();
      }
    }
  });
});
