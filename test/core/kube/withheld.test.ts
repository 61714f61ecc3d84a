/**
 * Withholding an address, and giving it back, where something stands in the way (P21).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { reservations } from "../../../core/kube/resources.ts";
import { giveBackWithheld, withholdAddress } from "../../../core/kube/withheld.ts";
import { claim, place } from "../../support/samples.ts";
import { createStoreStage, home, serving, type StoreStage } from "../../support/store-stage.ts";

const theirs = { id: "wb-1", podref: "default/wb", ifname: "net1" };
const order = { network: "blue", address: place("10.0.0.5").address, reason: "printer", attempt: "w1", nowMs: 1 };

async function stage(): Promise<StoreStage> {
  const made = createStoreStage(true);
  await made.until(made.store.open(serving()));
  await made.until(made.store.open(serving("10.0.0.0/25")));
  return made;
}

describe("an address is not withheld", () => {
  test("when a lease holds it, and it is told which", async () => {
    const made = await stage();
    await made.hold(claim("10.0.0.5"));
    const before = made.standing();
    expect(await made.until(withholdAddress(made.needs, order))).toMatchObject({
      kind: "taken",
      by: { attempt: "attempt-10.0.0.5", holder: { pod: { name: "web-0" } } },
    });
    expect(made.standing()).toEqual(before);
  });

  test("when it came free before it could be said whose it was", async () => {
    const made = await stage();
    await made.hold(claim("10.0.0.5"));
    const uproot = () => made.server.uproot({ resource: reservations, namespace: home, name: "blue-10.0.0.5" });
    made.link.next("read overlapping", { before: uproot });
    expect(await made.until(withholdAddress(made.needs, order))).toEqual({ kind: "taken", by: undefined });
  });

  test("when a repeated request found who holds it, that one is told", async () => {
    const made = await stage();
    await made.hold(claim("10.0.0.5"));
    made.link.next("create overlapping", "lost");
    expect(await made.until(withholdAddress(made.needs, order))).toMatchObject({
      kind: "taken",
      by: { attempt: "attempt-10.0.0.5" },
    });
  });

  test("when Whereabouts has it in one of its pools, and then in none of them", async () => {
    const made = await stage();
    made.writeEntry("10.0.0.5", theirs, "blue-10.0.0.0-25");
    expect(await made.until(withholdAddress(made.needs, order))).toEqual({ kind: "taken", by: undefined });
    expect(made.standing()).toEqual(["blue-10.0.0.0-25 5 wb-1"]);
  });
});

describe("an address that is withheld already", () => {
  test("for another reason is refused, and both the reason and what stands stay", async () => {
    const made = await stage();
    await made.until(withholdAddress(made.needs, order));
    const before = made.standing();
    const other = { ...order, reason: "camera", attempt: "w2" };
    expect(await made.until(withholdAddress(made.needs, other))).toMatchObject({
      kind: "taken",
      by: { kind: "withheld", reason: "printer" },
    });
    expect(made.standing()).toEqual(before);
  });

  test("for the same reason is completed: what Whereabouts' reconciler removed of it is written anew", async () => {
    const made = await stage();
    await made.until(withholdAddress(made.needs, order));
    made.writeEntry("10.0.0.5", undefined);
    expect(await made.until(withholdAddress(made.needs, { ...order, attempt: "w2" }))).toEqual({ kind: "done" });
    expect(made.standing()).toEqual(["blue-10.0.0.5 w1", "blue-10.0.0.0-24 5 w1", "blue-10.0.0.0-25 5 w1"]);
  });

  test("for the same reason is not given up because Whereabouts has given it meanwhile", async () => {
    const made = await stage();
    await made.until(withholdAddress(made.needs, order));
    made.writeEntry("10.0.0.5", theirs);
    expect(await made.until(withholdAddress(made.needs, { ...order, attempt: "w2" }))).toMatchObject({ kind: "taken" });
    expect(made.standing()).toContain("blue-10.0.0.5 w1");
  });

  test("of which entries are left alone: they are written over", async () => {
    const made = await stage();
    await made.until(withholdAddress(made.needs, order));
    made.server.uproot({ resource: reservations, namespace: home, name: "blue-10.0.0.5" });
    expect(await made.until(withholdAddress(made.needs, { ...order, attempt: "w2" }))).toEqual({ kind: "done" });
    expect(made.standing()).toEqual(["blue-10.0.0.5 w2", "blue-10.0.0.0-24 5 w2", "blue-10.0.0.0-25 5 w2"]);
  });

  test("that cannot be looked at is not called taken", async () => {
    const made = await stage();
    await made.until(withholdAddress(made.needs, order));
    made.link.always("read overlapping", "away");
    const again = await made.until(withholdAddress(made.needs, { ...order, attempt: "w2" }));
    expect(again.kind).toBe("unknown");
  });
});

describe("giving back", () => {
  test("an address that a lease holds finds nothing withheld, and leaves it", async () => {
    const made = await stage();
    await made.hold(claim("10.0.0.5"));
    const before = made.standing();
    expect(await made.until(giveBackWithheld(made.needs, order))).toEqual({ kind: "missing" });
    expect(made.standing()).toEqual(before);
  });

  test("an address whose reservation was removed by hand removes the entries that are left", async () => {
    const made = await stage();
    await made.until(withholdAddress(made.needs, order));
    made.server.uproot({ resource: reservations, namespace: home, name: "blue-10.0.0.5" });
    expect(await made.until(giveBackWithheld(made.needs, order))).toEqual({ kind: "done" });
    expect(made.standing()).toEqual([]);
  });

  test("an address that Whereabouts has by now in a pool leaves it there", async () => {
    const made = await stage();
    await made.until(withholdAddress(made.needs, order));
    made.writeEntry("10.0.0.5", theirs);
    expect(await made.until(giveBackWithheld(made.needs, order))).toEqual({ kind: "done" });
    expect(made.standing()).toEqual(["blue-10.0.0.0-24 5 wb-1"]);
  });

  test("an address that somebody changes at that moment is not called given back", async () => {
    const made = await stage();
    await made.until(withholdAddress(made.needs, order));
    const touch = () => made.plant("blue-10.0.0.5", (object) => object);
    made.link.next("remove overlapping", { before: touch });
    expect(await made.until(giveBackWithheld(made.needs, order))).toEqual({
      kind: "unknown",
      reason: "somebody changed it at this moment",
    });
    expect(made.standing()).toEqual(["blue-10.0.0.5 w1"]);
  });
});
