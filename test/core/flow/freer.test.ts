/**
 * Giving addresses back when the journal or the store does not go along (P12, P15): retried for ever, and never another's.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { giveBack } from "../../../core/flow/freer.ts";
import type { FlowPorts } from "../../../core/flow/ports.ts";
import type { Change, Row } from "../../../core/ports/journal.ts";
import { newestAttempt } from "../../../core/ports/journal.ts";
import type { Held, RenewAnswer, Store } from "../../../core/ports/store.ts";
import { createFakeStore } from "../../support/fake-store.ts";
import { ownWorld } from "../../support/own-world.ts";
import { claim, newRow } from "../../support/samples.ts";
import { given, type World } from "../../support/world.ts";

/** A journal in whose commits somebody meddles. */
function meddling(meddle: (changes: readonly Change[], world: World) => Promise<"failed" | undefined>): World {
  const wrap = (ports: FlowPorts): FlowPorts => ({
    ...ports,
    journal: {
      ...ports.journal,
      commit: async (changes, options) =>
        (await meddle(changes, world)) === "failed"
          ? { kind: "failed", full: true, reason: "no space" }
          : ports.journal.commit(changes, options),
    },
  });
  const world = ownWorld({ wrap });
  return world;
}

const has = (changes: readonly Change[], kind: Change["kind"]) => changes.some((change) => change.kind === kind);

async function rowsOf(world: World): Promise<readonly Row[]> {
  const states = ["intent", "lease", "freeing"] as const;
  const pages = await Promise.all(states.map((state) => world.ports.journal.page(state, undefined)));
  return pages.flatMap(({ rows }) => rows);
}

test("an end that cannot be written down is tried again, until it is", async () => {
  let failures = 3;
  const world = meddling(async (changes) => (has(changes, "end") && (failures -= 1) >= 0 ? "failed" : undefined));
  given(await world.add());
  await world.del();
  await world.clock.advance(60_000);
  expect([await world.held(), await rowsOf(world), failures]).toEqual([[], [], -1]);
});

test("what an ADD took is given back by the sweep when the journal was full at that moment", async () => {
  let isFull = true;
  const world = meddling(async (changes) =>
    isFull && (has(changes, "answer") || has(changes, "free") || has(changes, "lease")) ? "failed" : undefined,
  );
  expect((await world.add()).kind).toBe("failure");
  expect(await world.held()).toEqual(["10.0.0.1"]);
  expect(world.logged.map(({ message }) => message).join()).toContain("Cannot give back what an ADD took");
  isFull = false;
  world.namespaces.clear();
  await world.clock.until(world.flow.sweep());
  await world.clock.advance(1_000);
  expect([await world.held(), await rowsOf(world)]).toEqual([[], []]);
});

test("one that was renewed and freed once more while its end was written is given back under its newest attempt", async () => {
  let isDone = false;
  const world = meddling(async (changes, { ports }) => {
    if (!has(changes, "end") || isDone) return undefined;
    isDone = true;
    const [row] = await rowsOf(world);
    if (row === undefined) throw new Error("no row");
    const { id, holder, index, place, kind, sinceMs } = row;
    await ports.store.claim({ place, kind, attempt: "again", holder, sinceMs, reason: "" });
    await ports.journal.commit([
      { kind: "renew", id, holder, attempt: "again", index },
      { kind: "free", id, reason: "a test", whileAttempt: "again" },
    ]);
    return undefined;
  });
  given(await world.add());
  await world.del();
  await world.clock.advance(60_000);
  expect([await world.held(), await rowsOf(world)]).toEqual([[], []]);
});

describe("one try to give back", () => {
  const other = claim("10.0.0.5", { attempt: "other" });

  function row(changes: Partial<Row> = {}): Row {
    const fresh = { id: 1, state: "freeing", reason: "DEL", conflict: "", answeredMs: 1, version: "1" } as const;
    return { ...newRow("10.0.0.5"), ...fresh, ...changes };
  }

  /** A store whose reservation another lease waits for. */
  function contested(renew: RenewAnswer): Store {
    const held: Held = { ...claim("10.0.0.5"), version: "2", contested: other };
    return {
      ...createFakeStore(),
      release: async () => ({ kind: "changed", now: held }),
      renew: async () => renew,
    };
  }

  test.for<{ name: string; renew: RenewAnswer; is: object }>([
    { name: "hands the address over", renew: { kind: "held", version: "3" }, is: { kind: "another" } },
    { name: "finds it gone: it is free", renew: { kind: "lost", now: undefined }, is: { kind: "freed" } },
    {
      name: "finds another's: it is theirs",
      renew: { kind: "lost", now: { ...other, version: "4" } },
      is: { kind: "another" },
    },
    {
      name: "is not answered: it is tried again",
      renew: { kind: "unknown", reason: "away" },
      is: { kind: "unknown", reason: "away" },
    },
  ])("of an address that another living lease waits for $name", async ({ renew, is }) => {
    expect(await giveBack(contested(renew), row())).toEqual(is);
  });

  test("ends when the reservation changes faster than it can be judged", async () => {
    const held: Held = { ...claim("10.0.0.5"), version: "2" };
    let tries = 0;
    const release: Store["release"] = async () => ((tries += 1), { kind: "changed", now: held });
    expect(await giveBack({ ...createFakeStore(), release }, row())).toMatchObject({ kind: "unknown" });
    expect(tries).toBe(3);
  });

  test.for([
    { name: "an error", thrown: new Error("connection refused") },
    { name: "something else", thrown: "connection refused" },
  ])("says why when the store throws $name", async ({ thrown }) => {
    const look = async () => {
      // eslint-disable-next-line typescript/only-throw-error
      throw thrown;
    };
    expect(await giveBack({ ...createFakeStore(), look }, row({ version: "" }))).toEqual({
      kind: "unknown",
      reason: "connection refused",
    });
  });

  test("of a claim that was never confirmed leaves what another holds", async () => {
    const store = createFakeStore();
    await store.claim(other);
    const unconfirmed = row({ version: "" });
    expect(await giveBack(store, unconfirmed)).toEqual({ kind: "another" });
    expect(store.held().map(({ attempt }) => attempt)).toEqual(["other"]);
    expect(newestAttempt(unconfirmed)).toBe("attempt-10.0.0.5");
  });
});
