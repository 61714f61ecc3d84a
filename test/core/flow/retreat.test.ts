/**
 * After the API server went back in time: when ADDs are answered again (P16).
 *
 * @module
 */
import { expect, test } from "vitest";
import { Retreat } from "../../../core/flow/retreat.ts";
import { createKeeperStage } from "../../support/keeper-stage.ts";

async function stage() {
  let falls = 0;
  const { world, node, needs } = await createKeeperStage("absent", { cluster: { falls: () => falls } });
  const create = () => new Retreat(needs);
  const shouts = () => node.logged.filter((line) => line.includes("went back in time")).length;
  return { world, retreat: create(), create, shouts, fall: () => (falls += 1) };
}

test("from the moment somebody noticed until the leases stand, and for five minutes more, no ADD is answered", async () => {
  const { world, retreat, fall } = await stage();
  expect(retreat.reason()).toBeUndefined();
  fall();
  expect(retreat.reason()).toContain("a restored etcd is being checked");
  await retreat.round();
  expect(retreat.reason()).toContain("the leases of this node to stand again: an answer was older");
  await world.advance(600_000);
  await retreat.round();
  expect(retreat.isRestoring).toBe(true);
  await retreat.stands();
  expect(retreat.reason()).toContain("5 minutes");
  await world.advance(299_000);
  await retreat.round();
  expect(retreat.reason()).toContain("5 minutes");
  await world.advance(1_000);
  await retreat.round();
  expect(retreat.reason()).toBeUndefined();
});

test("a second fall begins anew, whether it comes in the wait or when the leases have just been looked at", async () => {
  const { retreat, fall } = await stage();
  fall();
  await retreat.round();
  fall();
  await retreat.stands();
  expect([retreat.isRestoring, retreat.isNew()]).toEqual([true, false]);
  await retreat.stands();
  expect(retreat.isRestoring).toBe(false);
  fall();
  await retreat.round();
  expect(retreat.isRestoring).toBe(true);
});

test("a fall is told once, however many answers show it", async () => {
  const { retreat, fall, shouts } = await stage();
  await retreat.fell("2 reservations of living leases were missing");
  fall();
  await retreat.fell("another answer");
  expect(retreat.reason()).toContain("2 reservations of living leases were missing");
  expect(shouts()).toBe(1);
});

test("a restart does not forget it: the leases have to stand again first", async () => {
  const { world, retreat, create } = await stage();
  await retreat.fell("a test");
  await retreat.stands();
  await world.advance(299_000);
  const next = create();
  await next.start();
  expect(next.reason()).toContain("the leases of this node to stand again: a test");
  await next.stands();
  await world.advance(300_000);
  await next.round();
  expect(next.reason()).toBeUndefined();
  const last = create();
  await last.start();
  expect(last.reason()).toBeUndefined();
});

test("nothing that stands ends nothing", async () => {
  const { retreat } = await stage();
  await retreat.stands();
  await retreat.round();
  expect(retreat.reason()).toBeUndefined();
});
