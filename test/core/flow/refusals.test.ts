/**
 * ADDs on a bad day: a store that does not answer, a journal that cannot be written, a launcher that has gone. Whatever
 * is answered, nothing stays held.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { createCanceller } from "../../../core/flow/canceller.ts";
import type { FlowPorts } from "../../../core/flow/ports.ts";
import type { Change, CommitAnswer } from "../../../core/ports/journal.ts";
import { ownWorld } from "../../support/own-world.ts";
import { address } from "../../support/samples.ts";
import { berthConfig, given, refusedWith, type World } from "../../support/world.ts";

const failedCommit: CommitAnswer = { kind: "failed", full: false, reason: "input/output error" };
const fullCommit: CommitAnswer = { kind: "failed", full: true, reason: "no space" };

/** A journal that refuses what `refuses` says, once told to. */
function refusing(refuses: (changes: readonly Change[]) => CommitAnswer | undefined) {
  let isOn = false;
  const wrap = (ports: FlowPorts): FlowPorts => ({
    ...ports,
    journal: {
      ...ports.journal,
      commit: async (changes, options) =>
        (isOn ? refuses(changes) : undefined) ?? ports.journal.commit(changes, options),
    },
  });
  return { wrap, switchOn: () => (isOn = true) };
}

const has = (changes: readonly Change[], kind: Change["kind"]) => changes.some((change) => change.kind === kind);
const asked = (text: string) => ({
  address: address(text),
  prefixLength: undefined,
  gateway: undefined,
  from: "CNI_ARGS IP",
});

async function nothingIsHeld(world: World): Promise<void> {
  await world.clock.advance(120_000);
  expect(await world.held()).toEqual([]);
  for (const state of ["intent", "freeing", "lease"] as const) {
    expect((await world.ports.journal.page(state, undefined)).rows, state).toEqual([]);
  }
}

describe("an ADD whose claim is not answered", () => {
  test("repeats the same claim, and holds one address only", async () => {
    const world = ownWorld({ store: "fake" });
    world.fake.lose("claim", "after", "before", "after");
    expect(given(await world.add())).toEqual(["10.0.0.1/29"]);
    expect(await world.held()).toEqual(["10.0.0.1"]);
  });

  test("fails when its time is up, and owes what may have landed", async () => {
    const world = ownWorld({ store: "fake" });
    world.fake.lose("claim", ...Array.from({ length: 100 }, () => "after" as const));
    expect(refusedWith(await world.add())).toBe("OutcomeUnknown");
    await nothingIsHeld(world);
  });

  test("believes that a claim did not land only after the time in which it can land late", async () => {
    const world = ownWorld({
      store: "fake",
      wrap: (ports) => ({ ...ports, store: { ...ports.store, lateMs: 90_000 } }),
    });
    world.fake.lose("claim", ...Array.from({ length: 100 }, () => "before" as const));
    expect(refusedWith(await world.add())).toBe("OutcomeUnknown");
    const [owed] = (await world.ports.journal.page("freeing", undefined)).rows;
    await world.clock.advance(60_000);
    expect(world.flow.freeing).toBe(1);
    // Now it lands: a request that was on its way for a minute.
    if (owed === undefined) throw new Error("nothing is owed");
    const { place, kind, holder, sinceMs } = owed;
    const landed = { place, kind, holder, sinceMs, attempt: owed.attempts[0] ?? "", reason: "" };
    world.fake.lose("claim");
    while ((await world.fake.claim(landed)).kind === "unknown");
    expect(await world.held()).toEqual(["10.0.0.1"]);
    await nothingIsHeld(world);
  });

  test("gives up at once when the store says that trying is hopeless", async () => {
    const claim = async () => ({ kind: "unknown", reason: "the disk is full", hopeless: true, mayLand: true }) as const;
    const world = ownWorld({ store: "fake", wrap: (ports) => ({ ...ports, store: { ...ports.store, claim } }) });
    const before = world.clock.nowMs();
    expect(refusedWith(await world.add())).toBe("OutcomeUnknown");
    expect(world.clock.nowMs() - before).toBeLessThan(10);
  });
});

describe("an ADD whose journal cannot be written", () => {
  const cases: { name: string; refuses: (changes: readonly Change[]) => CommitAnswer | undefined; expected: string }[] =
    [
      {
        name: "for the intent, because the disk is full",
        refuses: (changes) => (has(changes, "intend") ? fullCommit : undefined),
        expected: "DiskFull",
      },
      {
        name: "for the intent, for another reason",
        refuses: (changes) => (has(changes, "intend") ? failedCommit : undefined),
        expected: "JournalUnwritable",
      },
      {
        name: "for the answer",
        refuses: (changes) => (has(changes, "answer") ? fullCommit : undefined),
        expected: "DiskFull",
      },
    ];
  test.each(cases)("$name: refuses, and gives back", async ({ refuses, expected }) => {
    const { wrap, switchOn } = refusing(refuses);
    const world = ownWorld({ wrap });
    switchOn();
    expect(refusedWith(await world.add())).toBe(expected);
    await nothingIsHeld(world);
  });

  test("asks the store for nothing when the intent is refused", async () => {
    const { wrap, switchOn } = refusing((changes) => (has(changes, "intend") ? fullCommit : undefined));
    let claims = 0;
    const world = ownWorld({
      wrap: (ports) =>
        wrap({ ...ports, store: { ...ports.store, claim: (claim) => ((claims += 1), ports.store.claim(claim)) } }),
    });
    switchOn();
    await world.add();
    expect(claims).toBe(0);
  });

  test("keeps the lease of a repeated ADD that cannot be renewed", async () => {
    const { wrap, switchOn } = refusing((changes) => (has(changes, "renew") ? fullCommit : undefined));
    const world = ownWorld({ wrap });
    await world.add();
    switchOn();
    expect(refusedWith(await world.add())).toBe("DiskFull");
    expect(await world.held()).toEqual(["10.0.0.1"]);
  });
});

describe("an ADD whose launcher has gone", () => {
  test("before its turn holds nothing", async () => {
    const world = ownWorld();
    const gone = createCanceller();
    gone.cancel();
    expect(refusedWith(await world.addFor(gone.signal))).toBe("DeadlinePassed");
    await nothingIsHeld(world);
  });

  test("while it asks gives back what it took, and keeps what the attachment had before", async () => {
    const gone = createCanceller();
    let isLeaving = false;
    const world = ownWorld({
      wrap: (ports) => ({
        ...ports,
        store: {
          ...ports.store,
          claim: async (claim) => {
            const answer = await ports.store.claim(claim);
            if (isLeaving) gone.cancel();
            return answer;
          },
        },
      }),
    });
    const one = berthConfig();
    const two = berthConfig({ ranges: [{ range: "10.0.0.0/29" }, { range: "10.1.0.0/29" }] });
    given(await world.add({ config: one }));
    isLeaving = true;
    expect(refusedWith(await world.addFor(gone.signal, { config: two }))).toBe("DeadlinePassed");
    await world.clock.advance(1000);
    expect(await world.held()).toEqual(["10.0.0.1"]);
  });

  test("when the answer is ready: it is taken back, and only what this ADD took", async () => {
    const world = ownWorld();
    const first = await world.add();
    const second = await world.add({ containerId: "c2" });
    await world.flow.undelivered(second);
    await world.flow.undelivered(await world.add());
    await world.flow.undelivered({
      kind: "failure",
      failure: { name: "Internal", code: 100, message: "", details: "" },
    });
    await world.clock.advance(1000);
    expect(given(first)).toEqual(["10.0.0.1/29"]);
    expect(await world.held()).toEqual(["10.0.0.1"]);
  });
});

describe("a refusal of a requested address", () => {
  test("says why an operator withholds it", async () => {
    const world = ownWorld();
    await world.flow.withhold({ network: "blue", address: address("10.0.0.3"), reason: "printer in room 7" });
    const answer = await world.add({ requested: [asked("10.0.0.3")] });
    expect(answer.kind === "failure" && answer.failure.message).toContain("it is withheld: printer in room 7");
  });

  test("waits for the address when it is on its way back", async () => {
    const world = ownWorld({ store: "fake" });
    await world.add({ requested: [asked("10.0.0.3")] });
    world.fake.lose("release", "before", "before");
    const ending = world.del();
    const adding = world.add({ containerId: "c2", requested: [asked("10.0.0.3")] });
    await ending;
    expect(given(await adding)).toEqual(["10.0.0.3/29"]);
  });

  test("names a row of this node that the store does not know of yet", async () => {
    const world = ownWorld({ store: "fake" });
    world.fake.lose("claim", ...Array.from({ length: 100 }, () => "before" as const));
    const slow = world.add({ requested: [asked("10.0.0.3")] });
    const other = world.add({ containerId: "c2", requested: [asked("10.0.0.3")] });
    const answer = await other;
    expect(answer.kind === "failure" && answer.failure.message).toMatch(
      /another attachment of this node|an answer of the store/,
    );
    await slow;
  });
});

describe("a store that cannot be read or written", () => {
  test("refuses an ADD with a message that names the range", async () => {
    const page = async () => {
      throw new Error("disk I/O error");
    };
    const world = ownWorld({ wrap: (ports) => ({ ...ports, store: { ...ports.store, page } }) });
    const answer = await world.add();
    expect(answer).toMatchObject({
      kind: "failure",
      failure: { name: "StoreUnreadable", message: expect.stringMatching(/10\.0\.0\.0\/29.*disk I\/O error/) },
    });
  });

  test("refuses an ADD whose definition cannot be noted", async () => {
    const open = async () => ({ kind: "unknown", reason: "no space" }) as const;
    const world = ownWorld({ wrap: (ports) => ({ ...ports, store: { ...ports.store, open } }) });
    expect(refusedWith(await world.add())).toBe("StoreUnreadable");
  });
});
