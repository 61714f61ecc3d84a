/**
 * Leases that hang, found or left alone by `berthctl doctor`.
 *
 * @module
 */
import { freeing, newestAttempt, type Row } from "../../../core/ports/journal.ts";
import { afterEach, describe, expect, test } from "vitest";
import { newRow } from "../../support/samples.ts";
import { createDesk, type OpenDesk } from "../desk.ts";

let desk: OpenDesk;
afterEach(() => desk.close());

async function healthy(): Promise<void> {
  desk = createDesk();
  await desk.agent.add();
}

describe("berthctl doctor, of leases", () => {
  test("tells of a lease whose namespace proves nothing", async () => {
    await healthy();
    desk.agent.namespaces.set("/run/netns/odd", "file");
    await desk.agent.add({ containerId: "c2", netns: "/run/netns/odd" });
    const { code, out } = await desk.berthctl("doctor");
    expect(out).toContain("1 lease (such as 10.0.0.2) with no proof of the network namespace: kept until a DEL comes");
    expect(out).toContain("→ run: berthctl show 10.0.0.2\n");
    expect(code).toBe(0);
  });

  test("tells of an intent that is older than a minute, not of a younger one", async () => {
    await healthy();
    const sinceMs = desk.agent.clock.nowMs();
    await desk.agent.ports.journal.commit([{ kind: "intend", row: newRow("10.0.0.5", { sinceMs }) }]);
    expect((await desk.berthctl("doctor")).out).toContain("ok    leases             1 held\n");
    await desk.agent.clock.advance(61_000);
    expect((await desk.berthctl("doctor")).out).toContain(
      "1 lease (such as 10.0.0.5) asked for more than a minute ago",
    );
  });

  async function freed(): Promise<Row> {
    await healthy();
    const [row] = (await desk.agent.ports.journal.page("lease", undefined)).rows;
    if (row === undefined) throw new Error("expected a row");
    await desk.agent.ports.journal.commit([freeing(row, "DEL")]);
    return row;
  }

  test("tells of an address that does not get back although the agent is up, after 3 seconds", async () => {
    await freed();
    const before = desk.agent.clock.nowMs();
    expect((await desk.berthctl("doctor")).out).toContain(
      "1 lease (such as 10.0.0.1) on the way back, and none got there within 3 s",
    );
    expect(desk.agent.clock.nowMs() - before).toBe(3_000);
  });

  test("does not wait for an address that gets back meanwhile", async () => {
    const row = await freed();
    const { store, journal } = desk.agent.ports;
    void desk.agent.clock.wait(100).then(async () => {
      for (const held of await desk.agent.reservations()) await store.release(held);
      await journal.commit([{ kind: "end", id: row.id, restUntilMs: 0, whileAttempt: newestAttempt(row) }]);
    });
    expect((await desk.berthctl("doctor")).out).toContain("ok    leases             0 held\n");
  });

  test("tells of a lease that the store does not hold, and of one that the journal does not know", async () => {
    await healthy();
    const { store, journal } = desk.agent.ports;
    for (const held of await desk.agent.reservations()) await store.release(held);
    const lost = await desk.berthctl("doctor");
    expect(lost.out).toContain("1 lease (such as 10.0.0.1) answered that the store does not hold");
    expect(lost.code).toBe(1);
    const [row] = (await journal.page("lease", undefined)).rows;
    if (row === undefined) throw new Error("expected a row");
    const { place, kind, holder, sinceMs } = row;
    await store.claim({ place, kind, holder, sinceMs, attempt: "of nobody", reason: "" });
    await journal.commit([{ kind: "end", id: row.id, restUntilMs: 0, whileAttempt: newestAttempt(row) }]);
    expect((await desk.berthctl("doctor")).out).toContain(
      "1 lease (such as 10.0.0.1) held that the journal does not know",
    );
  });
});
