/**
 * What a restarted agent makes of intents, and how long an ADD may take.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { formatAddress } from "../../../core/ip/address-text.ts";
import type { NewRow, Row } from "../../../core/ports/journal.ts";
import { onCommit } from "../../support/on-commit.ts";
import { owned, ownWorld } from "../../support/own-world.ts";
import { attachment, holder, newRow, place, started } from "../../support/samples.ts";
import { refusedWith, type World } from "../../support/world.ts";

const path = "/run/netns/a";
const boot = 3_599_900_000_000n;

/** A world whose agent died after its claim: an intent on record, its address held. */
async function cutOff(): Promise<World> {
  const world = ownWorld();
  const who = holder({
    started: started(boot),
    evidence: { kind: "seen", path, device: "4", inode: "101", bootId: "boot-1" },
  });
  const row = { ...newRow("10.0.0.1"), holder: who, place: { ...newRow("10.0.0.1").place, pool: "10.0.0.0/29" } };
  await world.ports.journal.commit([{ kind: "intend", row }]);
  const { place, kind, sinceMs, attempts } = row;
  await world.ports.store.claim({ place, kind, sinceMs, holder: who, attempt: attempts[0] ?? "", reason: "" });
  return world;
}

async function restarted(world: World): Promise<{ world: World; leases: readonly Row[] }> {
  const again = owned(world.restart());
  await again.clock.until(again.flow.start());
  await again.clock.advance(100);
  return { world: again, leases: (await again.ports.journal.page("lease", undefined)).rows };
}

describe("an intent that a killed agent left", () => {
  test("becomes a lease when its address is held and its namespace stands", async () => {
    const { world, leases } = await restarted(await cutOff());
    expect(leases).toHaveLength(1);
    expect(await world.held()).toEqual(["10.0.0.1"]);
  });

  test("is given back when its namespace has gone", async () => {
    const world = await cutOff();
    world.namespaces.clear();
    const after = await restarted(world);
    expect(after.leases).toEqual([]);
    expect(await after.world.held()).toEqual([]);
  });

  test("is given back when a DEL that was started later is on record", async () => {
    const world = await cutOff();
    const deletion = { attachment: attachment(), started: started(boot + 1n), acceptedMs: 1 };
    await world.ports.journal.commit([{ kind: "delete", deletion }]);
    const after = await restarted(world);
    expect(after.leases).toEqual([]);
    expect(await after.world.held()).toEqual([]);
  });

  describe("whose attachment was answered meanwhile", () => {
    const pool = "10.0.0.0/29";
    const who = holder({
      started: started(boot),
      evidence: { kind: "seen", path, device: "4", inode: "101", bootId: "boot-1" },
    });
    const otherDefinition = { ...who, attachment: attachment({ definition: "other-net" }) };
    const answered: { name: string; row: Partial<NewRow>; leases: readonly string[] }[] = [
      { name: "another address of the range is given back: that one is used", row: {}, leases: ["10.0.0.2"] },
      { name: "for its second range becomes a lease beside it", row: { index: 1 }, leases: ["10.0.0.1", "10.0.0.2"] },
      {
        name: "in another network becomes a lease beside it",
        row: { place: place("10.0.0.2", { pool, network: "red" }) },
        leases: ["10.0.0.1", "10.0.0.2"],
      },
      {
        name: "from another pool becomes a lease beside it",
        row: { place: place("10.0.0.2", { pool: "10.0.0.0/30" }) },
        leases: ["10.0.0.1", "10.0.0.2"],
      },
      {
        name: "for another definition becomes a lease beside it",
        row: { holder: otherDefinition },
        leases: ["10.0.0.1", "10.0.0.2"],
      },
    ];
    test.each(answered)("$name", async ({ row, leases }) => {
      const world = await cutOff();
      const other = { ...newRow("10.0.0.2"), holder: who, place: place("10.0.0.2", { pool }), ...row };
      const { place: where, kind, sinceMs, holder: whose, attempts } = other;
      const attempt = attempts[0] ?? "";
      const held = await world.ports.store.claim({ place: where, kind, sinceMs, holder: whose, attempt, reason: "" });
      const version = held.kind === "held" ? held.version : "";
      await world.ports.journal.commit([{ kind: "import", row: other, version, answeredMs: 1 }]);
      const after = await restarted(world);
      expect(after.leases.map((lease) => formatAddress(lease.place.address)).sort()).toEqual(leases);
    });
  });

  test("is settled by the sweep, too, when no ADD owns it: the journal could not be written when it failed", async () => {
    const world = await cutOff();
    world.namespaces.clear();
    await world.clock.until(world.flow.sweep());
    await world.clock.advance(100);
    expect(await world.held()).toEqual([]);
  });
});

describe("an ADD", () => {
  test("ends before its launcher does, counted from the launcher's start", async () => {
    const claim = () => new Promise<never>(() => undefined);
    const world = ownWorld({ store: "fake", wrap: (ports) => ({ ...ports, store: { ...ports.store, claim } }) });
    const late = { started: { bootId: "boot-1", bootNs: world.clock.bootNs() - 26_000_000_000n }, budgetMs: 27_000 };
    const before = world.clock.nowMs();
    // Never answered: what it asks never comes back.
    world.add({ launch: late }).catch(() => undefined);
    const second = world.add({ launch: late, containerId: "c1" });
    expect(refusedWith(await second)).toBe("DeadlinePassed");
    expect(world.clock.nowMs() - before).toBeLessThan(2_000);
  });

  test("that a DEL cancels has given back what it took before the DEL is on record", async () => {
    const written: string[] = [];
    const world = ownWorld({
      store: "fake",
      wrap: onCommit(async (changes, commit) => {
        const answer = await commit();
        written.push(...changes.map(({ kind }) => kind));
        return answer;
      }),
    });
    world.fake.lose("claim", "after", "after");
    const launch = { started: { bootId: "boot-1", bootNs: 10_000_000_000_000n }, budgetMs: 6000 };
    const adding = world.add();
    while (!written.includes("intend")) await Promise.resolve();
    const ending = world.del({ launch });
    await Promise.all([adding, ending]);
    expect(written.filter((kind) => kind !== "end")).toEqual(["intend", "free", "delete"]);
  });
});
