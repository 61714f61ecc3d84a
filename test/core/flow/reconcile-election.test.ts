/**
 * Members that elect one of them: over a record in memory, with a clock that jumps and answers that are lost.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { createCanceller } from "../../../core/flow/canceller.ts";
import { Election } from "../../../core/flow/reconcile/election.ts";
import type { ElectionLease, ElectionRecord } from "../../../core/ports/election-lease.ts";
import { quietLog } from "../../support/kube-client.ts";
import { createSeededRandom } from "../../support/seeded-random.ts";
import { createVirtualClock, type VirtualClock } from "../../support/virtual-clock.ts";

type Trouble = "answers" | "lost" | "away";

/** One record, as the API server keeps it. */
function createRecord() {
  let writes = 0;
  let record: ElectionRecord | undefined;
  const put = (holder: string, lastRunMs = record?.lastRunMs) =>
    (record = { holder, version: `v${++writes}`, lastRunMs, isAnnotated: true });
  const away = { kind: "unknown", reason: "no answer" } as const;
  return {
    put,
    remove: () => {
      record = undefined;
    },
    holder: () => record?.holder,
    lastRunMs: () => record?.lastRunMs,
    writes: () => writes,
    /** @param trouble `lost`: it is done, and nobody hears of it */
    lease: (trouble: () => Trouble = () => "answers"): ElectionLease => ({
      read: async () => (trouble() === "answers" ? { kind: "record", record } : away),
      write: async (over, holder, lastRunMs) => {
        if (trouble() === "away") return away;
        if (over?.version !== record?.version) return trouble() === "lost" ? away : { kind: "changed" };
        const written = put(holder, lastRunMs);
        return trouble() === "lost" ? away : { kind: "written", record: written };
      },
    }),
  };
}

type Member = ReturnType<typeof member>;

function member(clock: VirtualClock, holder: string, lease: ElectionLease) {
  const end = createCanceller();
  const seeded = createSeededRandom(holder.length);
  const random = { below: (below: bigint) => BigInt(seeded.below(Number(below))), id: () => "an-id" };
  const changes: boolean[] = [];
  const election = new Election({ lease, clock, random, log: quietLog, holder }, () => {
    changes.push(election.isElected);
  });
  const ended = election.run(end.signal);
  return { election, changes, stop: () => (end.cancel(), clock.until(ended)), end };
}

const elected = (members: readonly Member[]) => members.filter(({ election }) => election.isElected).length;

describe("members of which one is elected", () => {
  test("the first one to come is, at once, and stays while it renews", async () => {
    const [clock, record] = [createVirtualClock(), createRecord()];
    const first = member(clock, "node-1", record.lease());
    await clock.advance(1);
    const second = member(clock, "node-22", record.lease());
    for (let minute = 0; minute < 60; minute += 1) {
      await clock.advance(60_000);
      expect([first.election.isElected, second.election.isElected]).toEqual([true, false]);
    }
    expect(record.writes()).toBeLessThan(130);
  });

  test("one that stops in order gives it up, and another one follows within its next look", async () => {
    const [clock, record] = [createVirtualClock(), createRecord()];
    const first = member(clock, "node-1", record.lease());
    await clock.advance(1);
    const second = member(clock, "node-22", record.lease());
    await clock.advance(10_000);
    await first.stop();
    expect(record.holder()).toBe("");
    expect(first.changes).toEqual([true, false]);
    await clock.advance(75_000);
    expect(second.election.isElected).toBe(true);
  });

  test("after one that died without a word another follows, but not before the record stood for two minutes", async () => {
    const [clock, record] = [createVirtualClock(), createRecord()];
    record.put("node-dead");
    const second = member(clock, "node-22", record.lease());
    await clock.advance(119_999);
    expect(second.election.isElected).toBe(false);
    await clock.advance(6_000);
    expect(second.election.isElected).toBe(true);
  });

  test("one that comes back under its name takes up what is its own", async () => {
    const [clock, record] = [createVirtualClock(), createRecord()];
    record.put("node-1");
    const again = member(clock, "node-1", record.lease());
    await clock.advance(1);
    expect(again.election.isElected).toBe(true);
  });

  test("who looks rarely counts only from its own first sight of a record", async () => {
    const [clock, record] = [createVirtualClock(), createRecord()];
    record.put("node-dead");
    const second = member(clock, "node-22", record.lease());
    for (let touched = 0; touched < 10; touched += 1) {
      await clock.advance(100_000);
      record.put("node-dead");
    }
    expect(second.election.isElected).toBe(false);
  });
});

describe("when the elected part ran last", () => {
  test("is written with the next renewal, and known by whoever follows", async () => {
    const [clock, record] = [createVirtualClock(), createRecord()];
    const first = member(clock, "node-1", record.lease());
    await clock.advance(1);
    const second = member(clock, "node-22", record.lease());
    first.election.ran(77);
    expect([first.election.lastRunMs, record.lastRunMs()]).toEqual([77, undefined]);
    await clock.advance(31_000);
    expect(record.lastRunMs()).toBe(77);
    expect(second.election.lastRunMs).toBeUndefined();
    await first.stop();
    await clock.advance(75_000);
    expect([second.election.isElected, second.election.lastRunMs]).toEqual([true, 77]);
  });

  test("is written when it is given up", async () => {
    const [clock, record] = [createVirtualClock(), createRecord()];
    const first = member(clock, "node-1", record.lease());
    await clock.advance(1);
    first.election.ran(78);
    await first.stop();
    expect([record.holder(), record.lastRunMs()]).toEqual(["", 78]);
  });
});

describe("an API server that does not answer", () => {
  test("ends the election of its holder after 100 s, before anybody else takes it", async () => {
    const [clock, record] = [createVirtualClock(), createRecord()];
    let trouble: Trouble = "answers";
    const first = member(
      clock,
      "node-1",
      record.lease(() => trouble),
    );
    await clock.advance(1);
    const second = member(clock, "node-22", record.lease());
    await clock.advance(60_000);
    trouble = "away";
    let both = 0;
    for (let second_ = 0; second_ < 300; second_ += 1) {
      await clock.advance(1000);
      if (elected([first, second]) > 1) both += 1;
    }
    expect([first.election.isElected, second.election.isElected, both]).toEqual([false, true, 0]);
    expect(first.changes).toEqual([true, false]);
  });

  test("for less than that ends nothing", async () => {
    const [clock, record] = [createVirtualClock(), createRecord()];
    let trouble: Trouble = "answers";
    const first = member(
      clock,
      "node-1",
      record.lease(() => trouble),
    );
    await clock.advance(1);
    trouble = "away";
    await clock.advance(60_000);
    trouble = "answers";
    await clock.advance(10_000);
    expect(first.election.isElected).toBe(true);
    expect(first.changes).toEqual([true]);
  });

  test("of which only answers are lost ends nothing: the own name in the record is believed", async () => {
    const [clock, record] = [createVirtualClock(), createRecord()];
    let trouble: Trouble = "answers";
    const first = member(
      clock,
      "node-1",
      record.lease(() => trouble),
    );
    await clock.advance(1);
    trouble = "lost";
    await clock.advance(40_000);
    trouble = "answers";
    await clock.advance(10_000);
    expect(first.election.isElected).toBe(true);
    expect(first.changes).toEqual([true]);
  });

  test("while the first one takes the record: it is taken later", async () => {
    const [clock, record] = [createVirtualClock(), createRecord()];
    let trouble: Trouble = "lost";
    const first = member(
      clock,
      "node-1",
      record.lease(() => trouble),
    );
    await clock.advance(1);
    expect(first.election.isElected).toBe(false);
    trouble = "answers";
    await clock.advance(75_000);
    expect(first.election.isElected).toBe(true);
  });
});

describe("what people do to the record", () => {
  test.each([
    { name: "removed", deed: (record: ReturnType<typeof createRecord>) => record.remove() },
    { name: "made to say nothing", deed: (record: ReturnType<typeof createRecord>) => void record.put("") },
  ])("it is $name: one is elected again, and never two for longer than a renewal", async ({ deed }) => {
    const [clock, record] = [createVirtualClock(), createRecord()];
    const members = [member(clock, "node-1", record.lease()), member(clock, "node-22", record.lease())];
    await clock.advance(5_000);
    deed(record);
    await clock.advance(180_000);
    expect(elected(members)).toBe(1);
  });

  test("given to somebody else by hand: the holder ends at its next renewal", async () => {
    const [clock, record] = [createVirtualClock(), createRecord()];
    const first = member(clock, "node-1", record.lease());
    await clock.advance(1);
    record.put("somebody");
    await clock.advance(31_000);
    expect(first.election.isElected).toBe(false);
    await clock.advance(300_000);
    expect(first.election.isElected).toBe(true);
  });
});

describe("clocks that jump", () => {
  test("the wall clock of anybody is not looked at", async () => {
    const record = createRecord();
    const clock = createVirtualClock();
    const jumping: VirtualClock = {
      ...clock,
      nowMs: () => clock.nowMs() + (clock.bootNs() % 2n === 0n ? 3_600_000 : -3_600_000),
    };
    const members = [member(jumping, "node-1", record.lease()), member(jumping, "node-22", record.lease())];
    for (let minute = 0; minute < 30; minute += 1) {
      await clock.advance(60_001);
      expect(elected(members)).toBe(1);
    }
  });

  test("a holder that slept for an hour is no longer elected when it wakes, before it has asked anybody", async () => {
    const record = createRecord();
    const clock = createVirtualClock();
    let sleptNs = 0n;
    const sleeper: VirtualClock = { ...clock, bootNs: () => clock.bootNs() + sleptNs };
    const first = member(sleeper, "node-1", record.lease());
    await clock.advance(1);
    expect(first.election.isElected).toBe(true);
    sleptNs = 3_600_000_000_000n;
    expect(first.election.isElected).toBe(false);
  });
});
