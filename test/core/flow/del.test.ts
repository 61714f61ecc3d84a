/**
 * The path of a DEL, also of one that came by the spool.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import type { SpooledCall } from "../../../core/ports/spool.ts";
import { onCommit } from "../../support/on-commit.ts";
import { owned, ownWorld } from "../../support/own-world.ts";
import { address } from "../../support/samples.ts";
import { berthConfig, given, refusedWith } from "../../support/world.ts";

function spooled(startedNs: bigint, containerId = "c1", command = "DEL"): SpooledCall {
  const env = new Map([
    ["CNI_COMMAND", command],
    ["CNI_CONTAINERID", containerId],
    ["CNI_IFNAME", "net1"],
  ]);
  return {
    name: `0-${startedNs}-1`,
    request: {
      protocol: 1,
      started: startedNs,
      budgetMs: 6000,
      env,
      stdin: new TextEncoder().encode('{"name":"blue-net"}'),
    },
  };
}

const later = 10_000_000_000_000n;

describe("a DEL", () => {
  test("gives everything of its attachment back, and nothing of another's", async () => {
    const world = ownWorld();
    await world.add();
    await world.add({ containerId: "c2" });
    await world.add({ ifName: "net2" });
    expect(await world.del()).toEqual({ kind: "done", freeing: 1 });
    await world.clock.advance(10);
    expect(await world.held()).toEqual(["10.0.0.2", "10.0.0.3"]);
  });

  test("succeeds when nothing is there, twice, and before any ADD", async () => {
    const world = ownWorld();
    expect(await world.del()).toEqual({ kind: "done", freeing: 0 });
    expect(await world.del()).toEqual({ kind: "done", freeing: 0 });
    given(await world.add());
  });

  test("that was started before the ADD does not end it, however late it comes", async () => {
    const world = ownWorld();
    given(await world.add());
    await world.del({ launch: { started: { bootId: "boot-1", bootNs: 5n }, budgetMs: 6000 } });
    await world.clock.advance(10);
    expect(await world.held()).toEqual(["10.0.0.1"]);
  });

  test("that was started later stops an ADD that comes after it", async () => {
    const world = ownWorld();
    await world.del({ launch: { started: { bootId: "boot-1", bootNs: later }, budgetMs: 6000 } });
    expect(refusedWith(await world.add())).toBe("Superseded");
    await world.clock.advance(10);
    expect(await world.held()).toEqual([]);
  });

  test("cancels an ADD that still runs, which then holds nothing", async () => {
    const world = ownWorld({ store: "fake" });
    world.fake.lose("claim", "after", "after", "after", "after", "after", "after");
    const adding = world.add();
    const ending = world.del({ launch: { started: { bootId: "boot-1", bootNs: later }, budgetMs: 6000 } });
    expect((await ending).kind).toBe("done");
    expect((await adding).kind).toBe("failure");
    await world.clock.advance(60_000);
    expect(await world.held()).toEqual([]);
  });

  test("without a definition's name ends the only one there is, and none of several", async () => {
    const world = ownWorld();
    await world.add();
    expect(await world.del({ definition: undefined })).toEqual({ kind: "done", freeing: 1 });
    await world.add();
    await world.add({ config: berthConfig({}, "other-net") });
    expect(await world.del({ definition: undefined })).toEqual({ kind: "done", freeing: 0 });
  });

  test("is tried again until the store answers, and never deletes the next holder", async () => {
    const world = ownWorld({ store: "fake" });
    await world.add();
    world.fake.lose("release", "after");
    await world.del();
    await world.clock.advance(1);
    expect(await world.held()).toEqual([]);
    const next = {
      place: { network: "blue", pool: "10.0.0.0/29", overlapping: true, address: address("10.0.0.1") },
      kind: "dynamic",
      attempt: "another",
      holder: undefined,
      sinceMs: 1,
      reason: "",
    } as const;
    await world.fake.claim(next);
    await world.clock.advance(60_000);
    expect(await world.held()).toEqual(["10.0.0.1"]);
    expect(world.flow.freeing).toBe(0);
  });

  test("gives back in the store before it answers when it cannot be written down", async () => {
    const world = ownWorld({
      store: "fake",
      wrap: onCommit(async (changes, commit) =>
        changes.some(({ kind }) => kind === "delete") ? { kind: "failed", full: true, reason: "no space" } : commit(),
      ),
    });
    await world.add();
    expect((await world.del()).kind).toBe("done");
    expect(await world.held()).toEqual([]);
    await world.add();
    world.fake.lose("release", "before");
    const answer = await world.del();
    expect(answer.kind === "failure" && answer.failure.name).toBe("DiskFull");
  });
});

describe("a DEL in the spool", () => {
  test("is carried out at start", async () => {
    const world = ownWorld();
    await world.add();
    world.spooled.push(spooled(3_599_950_000_000n));
    const after = owned(world.restart());
    await after.clock.until(after.flow.start());
    await after.clock.advance(10);
    expect(await after.held()).toEqual([]);
    expect(after.spooled).toEqual([]);
  });

  test("from the future is of another boot, and neither ends what is of now nor blocks the container", async () => {
    const world = ownWorld();
    given(await world.add());
    world.spooled.push(spooled(9_000_000_000_000_000_000n));
    await world.clock.until(world.flow.start());
    await world.clock.advance(10);
    expect(await world.held()).toEqual(["10.0.0.1"]);
    expect(given(await world.add())).toEqual(["10.0.0.1/29"]);
  });

  test("is written down before an ADD of the same attachment, and ends only what was started before it", async () => {
    const world = ownWorld();
    expect(given(await world.add())).toEqual(["10.0.0.1/29"]);
    world.spooled.push(spooled(3_599_900_001_500n));
    expect(given(await world.add())).toHaveLength(1);
    await world.clock.advance(10);
    expect(await world.held()).toHaveLength(1);
    expect(world.spooled).toEqual([]);
  });

  test("whose standard input is no text is carried out all the same: its environment says what ends", async () => {
    const world = ownWorld();
    await world.add();
    const call = spooled(3_599_950_000_000n);
    world.spooled.push({ ...call, request: { ...call.request, stdin: new Uint8Array([0xff, 0xfe]) } });
    await world.clock.until(world.flow.start());
    await world.clock.advance(10);
    expect([await world.held(), world.spooled]).toEqual([[], []]);
  });

  test("stays there while it can be neither written down nor carried out", async () => {
    let isBroken = true;
    const unanswered = { kind: "unknown", reason: "away" } as const;
    const world = ownWorld({
      wrap: (ports) => ({
        ...ports,
        journal: {
          ...ports.journal,
          commit: async (changes, options) =>
            isBroken && changes.some(({ kind }) => kind === "delete")
              ? { kind: "failed", full: true, reason: "no space" }
              : ports.journal.commit(changes, options),
        },
        store: {
          ...ports.store,
          release: async (held) => (isBroken ? unanswered : ports.store.release(held)),
        },
      }),
    });
    await world.add();
    const call = spooled(3_599_950_000_000n);
    world.spooled.push(call);
    await expect(world.clock.until(world.flow.accept(call))).rejects.toThrow("DEL");
    expect([await world.held(), world.spooled.length]).toEqual([["10.0.0.1"], 1]);
    isBroken = false;
    await world.clock.until(world.flow.accept(call));
    await world.clock.advance(10);
    expect([await world.held(), world.spooled.length]).toEqual([[], 0]);
  });

  test("is dropped with a warning when it is no DEL", async () => {
    const world = ownWorld();
    world.spooled.push(spooled(later, "c1", "ADD"));
    await world.clock.until(world.flow.start());
    expect(world.spooled).toEqual([]);
    expect(world.logged.some(({ level, message }) => level === "warn" && message.includes("spooled"))).toBe(true);
  });
});
