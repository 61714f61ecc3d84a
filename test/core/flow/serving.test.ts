/**
 * Telling the store what a definition serves: once, for all who come at the same moment, and again when it changes (P2).
 *
 * @module
 */
import { expect, test } from "vitest";
import { loadDefinition } from "../../../core/config/load.ts";
import type { Definition } from "../../../core/config/definition.ts";
import { Serving } from "../../../core/flow/serving.ts";
import type { OpenAnswer } from "../../../core/ports/store.ts";
import { createFakeStore } from "../../support/fake-store.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";
import { berthConfig } from "../../support/world.ts";

function definition(ipam: object = {}, name = "blue-net"): Definition {
  const read = loadDefinition(JSON.stringify(berthConfig(ipam, name)));
  if (read.kind !== "definition") throw new Error(JSON.stringify(read.faults));
  return read.definition;
}

function stage(answer: OpenAnswer = { kind: "open" }) {
  const told: string[] = [];
  const answers = { open: answer };
  const store = {
    ...createFakeStore(),
    open: async ({ definition: name, ranges }: { definition: string; ranges: readonly { pool: string }[] }) => {
      told.push([name, ...ranges.map(({ pool }) => pool)].join(" "));
      return answers.open;
    },
  };
  return { told, answers, serving: new Serving({ store, clock: createVirtualClock() }) };
}

test("a definition is told once, also when its text was read anew", async () => {
  const { told, serving } = stage();
  for (let at = 0; at < 2; at += 1) expect(await serving.tell(definition())).toBeUndefined();
  expect(told).toEqual(["blue-net 10.0.0.0/29"]);
});

test("those who come while it is being told wait for the same answer", async () => {
  const { told, serving } = stage();
  await Promise.all([definition(), definition(), definition()].map((one) => serving.tell(one)));
  expect(told).toHaveLength(1);
});

test("what changes is told again, and so is what the store has forgotten", async () => {
  const { told, serving } = stage();
  await serving.tell(definition());
  await serving.tell(definition({ ranges: [{ range: "10.0.0.0/28" }] }));
  serving.forget(definition());
  await serving.tell(definition({ ranges: [{ range: "10.0.0.0/28" }] }));
  expect(told).toEqual(["blue-net 10.0.0.0/29", "blue-net 10.0.0.0/28", "blue-net 10.0.0.0/28"]);
});

test("a refusal is told, and asked again by the next", async () => {
  const { told, answers, serving } = stage({ kind: "unknown", reason: "away" });
  expect((await serving.tell(definition()))?.name).toBe("StoreUnreadable");
  answers.open = { kind: "disagrees", definition: "other-net", pool: "10.0.0.0/29" };
  expect(await serving.tell(definition())).toMatchObject({
    name: "PoolDisagreement",
    message: expect.stringContaining("other-net"),
  });
  answers.open = { kind: "open" };
  expect(await serving.tell(definition())).toBeUndefined();
  expect(told).toHaveLength(3);
});

test("a definition without ranges has nothing to tell", async () => {
  const { told, serving } = stage();
  expect(await serving.tell(definition({ ranges: [], addresses: [{ address: "10.0.0.1/29" }] }))).toBeUndefined();
  expect(told).toEqual([]);
});

test("more definitions than are remembered are told anew, each by its next call", async () => {
  const { told, serving } = stage();
  const first = definition({}, "first");
  await serving.tell(first);
  for (let at = 0; at < 4_096; at += 1) await serving.tell({ ...first, name: `d${at}` });
  told.splice(0);
  await serving.tell(first);
  expect(told).toEqual(["first 10.0.0.0/29"]);
});
