/**
 * The state file of an agent whose leases are in a cluster: told from an embedded store's, and its conflicts are shown.
 *
 * @module
 */
import { afterEach, beforeEach, expect, test } from "vitest";
import { openInventory } from "../../../adapters/sqlite/open-inventory.ts";
import { newRow } from "../../support/samples.ts";
import { createWorld, type World } from "../../support/world.ts";

let world: World;
beforeEach(() => void (world = createWorld({ networks: ["blue"] })));
afterEach(() => world.close());

function read() {
  const opened = openInventory(world.path);
  if (opened.kind !== "open") throw new Error(opened.kind);
  const records = [...opened.inventory.leases({})].map(({ state, reason, isHeld }) => ({ state, reason, isHeld }));
  opened.close();
  return { store: opened.store, records };
}

test("the state file of an embedded store is told as one", () => {
  expect(read().store).toBe("embedded");
});

test("a journal that has read a cluster's store is told as one, and a lease that another holds as a conflict", async () => {
  const { journal } = world.ports;
  await journal.commit([{ kind: "note", key: "opened", value: "17" }]);
  const answer = await journal.commit([{ kind: "intend", row: newRow("10.0.0.5") }]);
  const [id = 0] = answer.kind === "committed" ? answer.ids : [];
  await journal.commit([{ kind: "lease", id, version: "uid/1" }]);
  expect(read()).toEqual({ store: "kubernetes", records: [{ state: "lease", reason: "", isHeld: false }] });
  await journal.commit([{ kind: "conflict", id, with: "pod default/other", whileAttempt: "attempt-10.0.0.5" }]);
  expect(read().records).toEqual([{ state: "conflict", reason: "pod default/other", isHeld: false }]);
});
