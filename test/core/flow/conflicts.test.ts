/**
 * How two holders of one address are told of (P15).
 *
 * @module
 */
import { expect, test } from "vitest";
import type { Reservation } from "../../../core/ports/cluster.ts";
import { attachment, claim, holder } from "../../support/samples.ts";
import { createKeeperStage } from "../../support/keeper-stage.ts";
import { given } from "../../support/world.ts";

async function stage() {
  const contested: string[] = [];
  const made = await createKeeperStage("absent", {
    cluster: { contest: async (_standing, { attempt }) => (contested.push(attempt), { kind: "held", version: "v" }) },
  });
  given(await made.world.until(made.node.add("c1")));
  return { ...made, contested };
}

function standing(changes: Partial<Reservation>): Reservation {
  const marks = { name: "blue-10.0.0.1", uid: "u", revision: 1n, journal: "j", isLabelled: true, twinOf: "" };
  return { ...claim("10.0.0.1", { attempt: "other" }), ...marks, version: "v", ...changes };
}

test.for<{ name: string; changes: Partial<Reservation>; says: string }>([
  { name: "another node's pod", changes: {}, says: "pod default/web-0, interface net1, on node node-1" },
  {
    name: "a pod that Whereabouts gave it to",
    changes: { attempt: "", holder: holder({ node: "", attachment: attachment({ ifName: "net2" }) }) },
    says: "pod default/web-0, interface net2, on a node unknown to Berth",
  },
  {
    name: "an operator",
    changes: { kind: "withheld", holder: undefined, reason: "printer" },
    says: "an operator who withholds it (printer)",
  },
])("$name is named by Event, log and row", async ({ changes, says }) => {
  const { world, node, conflicts, row } = await stage();
  await conflicts.found(await row(), standing(changes));
  expect((await row()).conflict).toBe(says);
  expect(world.told()).toEqual([expect.stringContaining(`is held by ${says}, too`)]);
  expect(node.logged.join()).toContain(says);
});

test("it is told once, and marked until the mark stands", async () => {
  const { world, conflicts, contested, row } = await stage();
  await conflicts.found(await row(), standing({}));
  await world.advance(10_000);
  await conflicts.found(await row(), standing({}));
  await world.advance(1);
  expect([world.told().length, contested.length]).toEqual([1, 2]);
  const [attempt = ""] = contested;
  await conflicts.found(await row(), standing({ contested: claim("10.0.0.1", { attempt }) }));
  expect(contested).toHaveLength(2);
});

test("what the reservation says does not end what the entry says, nor the other way round", async () => {
  const { conflicts, row } = await stage();
  await conflicts.foundEntry(await row(), "pod default/wb");
  await conflicts.settle(await row(), "reservation");
  expect([(await row()).conflict, conflicts.count]).toEqual(["the pool's entry: pod default/wb", 1]);
  await conflicts.settle(await row(), "entry");
  expect([(await row()).conflict, conflicts.count]).toEqual(["", 0]);
});

test("one whose lease has ended is looked at no more", async () => {
  const { node, conflicts, row } = await stage();
  await conflicts.found(await row(), standing({}));
  const looked: number[] = [];
  await conflicts.look(async ({ id }) => looked.push(id));
  const { id, attempts } = await row();
  await node.journal.commit([{ kind: "free", id, reason: "a test", whileAttempt: attempts.at(-1) ?? "" }]);
  await conflicts.look(async (one) => looked.push(one.id));
  expect([looked, conflicts.count]).toEqual([[id], 0]);
});
