/**
 * What a journal must do for the Kubernetes store: imports, attempts that end and are remembered, conflicts, notes.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import type { Change, NewRow, Row } from "../../core/ports/journal.ts";
import { attachment, holder, newRow, place, started } from "../support/samples.ts";
import { everyCase, type CreateJournal, type JournalFixture } from "./journal-fixture.ts";

const dayMs = 24 * 3_600_000;

function imported(text: string, changes: Partial<NewRow> = {}): Change {
  return { kind: "import", row: newRow(text, changes), version: "uid-a/7", answeredMs: 98 };
}

function renew(id: number, attempt: string): Change {
  return { kind: "renew", id, holder: holder(), attempt, index: 0 };
}

function end(id: number, whileAttempt: string): Change {
  return { kind: "end", id, restUntilMs: 0, whileAttempt };
}

async function rowOf(fixture: JournalFixture, id: number): Promise<Row> {
  const row = await fixture.journal.row(id);
  if (row === undefined) throw new Error(`row ${id} has ended`);
  return row;
}

export function journalClusterCases(name: string, create: CreateJournal): void {
  describe(`${name}, for a cluster`, () => {
    const now = everyCase(create);

    test("keeps its id over a restart", () => {
      const { id } = now().journal;
      expect(id).not.toBe("");
      now().restart();
      expect(now().journal.id).toBe(id);
    });

    test("tells the containers of the latest DELs, each once", async () => {
      const deletion = (containerId: string, ifName: string, acceptedMs: number): Change => ({
        kind: "delete",
        deletion: { attachment: attachment({ containerId, ifName }), started: started(acceptedMs), acceptedMs },
      });
      expect(await now().journal.deleted(10)).toEqual([]);
      await now().journal.commit([deletion("a", "net1", 1), deletion("b", "net1", 2), deletion("a", "net2", 3)]);
      now().restart();
      expect([...(await now().journal.deleted(10))].sort()).toEqual(["a", "b"]);
      expect(await now().journal.deleted(1)).toEqual(["a"]);
    });

    test("keeps a note until it is forgotten", async () => {
      expect(await now().journal.note("seen")).toBeUndefined();
      await now().journal.commit([
        { kind: "note", key: "seen", value: "12345678901234567890" },
        { kind: "note", key: "back", value: "until later" },
      ]);
      now().restart();
      expect(await now().journal.note("seen")).toBe("12345678901234567890");
      await now().journal.commit([{ kind: "note", key: "seen", value: "" }]);
      expect(await now().journal.note("seen")).toBeUndefined();
      expect(await now().journal.note("back")).toBe("until later");
    });

    test("imports a lease as it stands in the store, and answers with its id", async () => {
      const id = await now().made(imported("10.0.0.5"));
      now().restart();
      expect(await rowOf(now(), id)).toEqual({
        ...newRow("10.0.0.5"),
        id,
        state: "lease",
        version: "uid-a/7",
        answeredMs: 98,
        reason: "",
        conflict: "",
      });
      expect(await now().journal.rowAt(place("10.0.0.5"))).toMatchObject({ id });
    });

    test("answers the ids of intents and imports in their order", async () => {
      const answer = await now().journal.commit([imported("10.0.0.5"), { kind: "intend", row: newRow("10.0.0.6") }]);
      const ids = answer.kind === "committed" ? answer.ids : [];
      const rows = await Promise.all(ids.map((id) => rowOf(now(), id)));
      expect(rows.map((row) => row.place.address)).toEqual([place("10.0.0.5").address, place("10.0.0.6").address]);
    });

    test("imports nothing where another living row has the address", async () => {
      const id = await now().intend("10.0.0.5");
      const again = imported("10.0.0.5", { attempts: ["other"] });
      expect(await now().journal.commit([again])).toEqual({ kind: "occupied" });
      await now().journal.commit([{ kind: "free", id, reason: "DEL", whileAttempt: "attempt-10.0.0.5" }]);
      expect(await now().journal.commit([again])).toMatchObject({ kind: "committed" });
    });

    test("imports nothing where another living row has the address, also when a DEL is on record", async () => {
      await now().intend("10.0.0.5", { holder: holder({ attachment: attachment({ containerId: "c2" }) }) });
      const deletion = { attachment: attachment(), started: started(5000), acceptedMs: 1 };
      await now().journal.commit([{ kind: "delete", deletion }]);
      expect(await now().journal.commit([imported("10.0.0.5", { attempts: ["other"] })])).toEqual({ kind: "occupied" });
    });

    const deletions: {
      name: string;
      del: { definition?: string; containerId?: string; ns?: number; boot?: string };
      of?: { definition?: string; ns?: number; boot?: string };
      state: Row["state"];
    }[] = [
      { name: "a later DEL", del: {}, state: "freeing" },
      { name: "a later DEL of any definition", del: { definition: "" }, state: "freeing" },
      { name: "a later DEL of another definition", del: { definition: "other" }, state: "lease" },
      { name: "a later DEL of another container", del: { containerId: "c2" }, state: "lease" },
      { name: "an earlier DEL", del: { ns: 500 }, state: "lease" },
      { name: "a DEL of another boot", del: { boot: "boot-0" }, state: "lease" },
      { name: "a DEL, with a start nobody knows", del: { ns: 1 }, of: { ns: 0, boot: "" }, state: "freeing" },
      { name: "a DEL, with a definition nobody knows", del: {}, of: { definition: "" }, state: "freeing" },
    ];
    test.each(deletions)("imports what finds $name as $state", async ({ del, of = {}, state }) => {
      const deletion = {
        attachment: attachment({ definition: del.definition ?? "blue-net", containerId: del.containerId ?? "c1" }),
        started: started(del.ns ?? 5000, del.boot),
        acceptedMs: 1,
      };
      const held = holder({
        attachment: attachment({ definition: of.definition ?? "blue-net" }),
        started: started(of.ns ?? 1000, of.boot),
      });
      await now().journal.commit([{ kind: "delete", deletion }]);
      const id = await now().made(imported("10.0.0.5", { holder: held }));
      expect(await rowOf(now(), id)).toMatchObject({ state, reason: state === "freeing" ? "DEL" : "" });
    });

    test("notes and forgets who else holds the address of a lease, only while its newest attempt is the one judged", async () => {
      const id = await now().lease("10.0.0.5");
      const conflict = (other: string): Change => ({
        kind: "conflict",
        id,
        with: other,
        whileAttempt: "attempt-10.0.0.5",
      });
      await now().journal.commit([conflict("default/other on node-2")]);
      now().restart();
      expect(await rowOf(now(), id)).toMatchObject({ state: "lease", conflict: "default/other on node-2" });
      await now().journal.commit([conflict("")]);
      expect(await rowOf(now(), id)).toMatchObject({ conflict: "" });
      await now().journal.commit([renew(id, "second")]);
      await now().journal.commit([conflict("default/other on node-2")]);
      expect(await rowOf(now(), id)).toMatchObject({ conflict: "" });
    });

    test("keeps all attempts of a row that is confirmed: they stay ours until it ends", async () => {
      const id = await now().lease("10.0.0.5");
      await now().journal.commit([renew(id, "second")]);
      await now().journal.commit([{ kind: "lease", id, version: "uid-a/8" }]);
      expect((await rowOf(now(), id)).attempts).toEqual(["attempt-10.0.0.5", "second"]);
      expect(await now().journal.finished(["attempt-10.0.0.5", "second"])).toEqual([]);
    });

    test("remembers all attempts of an ended row, with the uid it was held by", async () => {
      const id = await now().lease("10.0.0.5", "uid-a/7");
      const unsent = await now().intend("10.0.0.6");
      await now().journal.commit([renew(id, "second")]);
      await now().journal.commit([end(id, "attempt-10.0.0.5"), end(unsent, "attempt-10.0.0.6")]);
      expect(await now().journal.finished(["attempt-10.0.0.5", "second"])).toEqual([]);
      await now().journal.commit([end(id, "second")]);
      now().restart();
      const found = await now().journal.finished(["second", "attempt-10.0.0.5", "attempt-10.0.0.6", "another"]);
      expect(new Map(found.map(({ attempt, uid }) => [attempt, uid]))).toEqual(
        new Map([
          ["second", "uid-a"],
          ["attempt-10.0.0.5", "uid-a"],
          ["attempt-10.0.0.6", ""],
        ]),
      );
    });

    test("remembers an attempt that ends twice once, by its last end", async () => {
      const first = await now().made(imported("10.0.0.5"));
      await now().journal.commit([end(first, "attempt-10.0.0.5")]);
      const second = await now().lease("10.0.0.5", "uid-b/9");
      expect(await now().journal.commit([end(second, "attempt-10.0.0.5")])).toMatchObject({ kind: "committed" });
      const found = await now().journal.finished(["attempt-10.0.0.5"]);
      expect(found).toEqual([{ attempt: "attempt-10.0.0.5", uid: "uid-b" }]);
    });

    test("knows no uid of a version that is not an object's", async () => {
      const id = await now().lease("10.0.0.5", "7");
      await now().journal.commit([end(id, "attempt-10.0.0.5")]);
      expect(await now().journal.finished(["attempt-10.0.0.5"])).toEqual([{ attempt: "attempt-10.0.0.5", uid: "" }]);
    });

    test("keeps the newest 64 attempts of a row that is renewed for ever; what is older is finished", async () => {
      const id = await now().lease("10.0.0.5");
      const later = Array.from({ length: 70 }, (_, n) => `later-${n}`);
      for (const attempt of later) await now().journal.commit([renew(id, attempt)]);
      expect((await rowOf(now(), id)).attempts).toEqual(later.slice(-64));
      const found = await now().journal.finished(["attempt-10.0.0.5", ...later]);
      expect(found.map(({ attempt }) => attempt)).toEqual(["attempt-10.0.0.5", ...later.slice(0, 6)]);
      expect(new Set(found.map(({ uid }) => uid))).toEqual(new Set(["uid-a"]));
    });

    /** Ends so many rows of so many attempts each. @returns the attempts, in the order of their ends */
    async function endMany(rows: number, prefix: string, perRow = 1): Promise<readonly string[]> {
      const attempts = Array.from({ length: rows }, (_, n) =>
        Array.from({ length: perRow }, (__, k) => `${prefix}-${n}-${k}`),
      );
      const answer = await now().journal.commit(
        attempts.map((own, n): Change => {
          const text = `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
          return { kind: "intend", row: newRow(text, { attempts: own }) };
        }),
      );
      const ids = answer.kind === "committed" ? answer.ids : [];
      await now().journal.commit(ids.map((id, n) => end(id, `${prefix}-${n}-${perRow - 1}`)));
      return attempts.flat();
    }

    test("forgets attempts that ended more than 7 days ago, sooner or later", async () => {
      const old = await endMany(10, "old");
      now().nowMs += 6 * dayMs;
      const young = await endMany(10, "young");
      now().nowMs += 2 * dayMs;
      const fresh = await endMany(1000, "fresh");
      const found = await now().journal.finished([...old, ...young, ...fresh]);
      expect(found.map(({ attempt }) => attempt)).toEqual([...young, ...fresh]);
    });

    test("remembers 100,000 finished attempts at most, and at least 99,000, the latest", async () => {
      const all = [...(await endMany(1000, "first")), ...(await endMany(1700, "later", 60))];
      const found = await now().journal.finished(all);
      expect(found.length).toBeLessThanOrEqual(100_000);
      expect(found.length).toBeGreaterThanOrEqual(99_000);
      expect(found.map(({ attempt }) => attempt)).toEqual(all.slice(-found.length));
    });
  });

  describe(`${name}, for a store without late claims`, () => {
    const now = everyCase(() => create());

    test("remembers no finished attempts", async () => {
      const id = await now().lease("10.0.0.5");
      await now().journal.commit([end(id, "attempt-10.0.0.5")]);
      expect(await now().journal.finished(["attempt-10.0.0.5"])).toEqual([]);
    });
  });
}
