/**
 * What every journal must do: every commit whole or not at all, and rows that go on where a killed agent left them.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import type { Change } from "../../core/ports/journal.ts";
import { attachment, holder, newRow, place, started } from "../support/samples.ts";
import { everyCase, type CreateJournal } from "./journal-fixture.ts";
import { journalClusterCases } from "./journal-cluster-cases.ts";

/** Cases of one kind of journal. */
export function journalCases(name: string, create: CreateJournal): void {
  describe(name, () => {
    const now = everyCase(create);
    test("remembers an intent, its lease and its answer over a restart", async () => {
      const id = await now().intend("10.0.0.5");
      expect(await now().journal.row(id)).toMatchObject({
        ...newRow("10.0.0.5"),
        id,
        state: "intent",
        version: "",
        answeredMs: undefined,
      });
      await now().journal.commit([
        { kind: "lease", id, version: "7" },
        { kind: "answer", ids: [id], atMs: 99 },
      ]);
      now().restart();
      expect(await now().journal.row(id)).toMatchObject({ state: "lease", version: "7", answeredMs: 99 });
      expect(await now().journal.rowsOf({ containerId: "c1", ifName: "net1" })).toHaveLength(1);
    });

    test("finds rows by container and interface in every definition, by pod, and by address", async () => {
      const first = await now().intend("10.0.0.5");
      const second = await now().intend("10.0.0.6", {
        holder: holder({ attachment: attachment({ definition: "other" }), pod: undefined }),
      });
      await now().intend("10.0.0.7", {
        holder: holder({ attachment: attachment({ containerId: "c2", ifName: "net2" }) }),
      });
      expect((await now().journal.rowsOf({ containerId: "c1", ifName: "net1" })).map(({ id }) => id)).toEqual([
        first,
        second,
      ]);
      expect((await now().journal.rowsOfPod("uid-1", "net1")).map(({ id }) => id)).toEqual([first]);
      expect(await now().journal.rowAt(place("10.0.0.6"))).toMatchObject({ id: second });
      expect(await now().journal.rowAt(place("10.0.0.6", { network: "red" }))).toBeUndefined();
    });

    test("gives one address to one living row, and says occupied to the next", async () => {
      const id = await now().intend("10.0.0.5");
      const again: Change = { kind: "intend", row: newRow("10.0.0.5", { attempts: ["other"] }) };
      expect(await now().journal.commit([again])).toEqual({ kind: "occupied" });
      await now().journal.commit([{ kind: "free", id, reason: "DEL", whileAttempt: "attempt-10.0.0.5" }]);
      expect(await now().journal.commit([again])).toMatchObject({ kind: "committed" });
    });

    test("writes nothing of a commit when one of its changes cannot be", async () => {
      await now().intend("10.0.0.5");
      const changes: Change[] = ["10.0.0.6", "10.0.0.5"].map((text) => ({
        kind: "intend",
        row: newRow(text, { attempts: ["other"] }),
      }));
      expect(await now().journal.commit(changes)).toEqual({ kind: "occupied" });
      expect(await now().journal.rowAt(place("10.0.0.6"))).toBeUndefined();
    });

    const deletions: {
      name: string;
      del: { definition?: string; ns: number; boot?: string };
      add: { ns: number; boot?: string };
      superseded: boolean;
    }[] = [
      { name: "a later DEL", del: { ns: 20 }, add: { ns: 10 }, superseded: true },
      { name: "an earlier DEL", del: { ns: 5 }, add: { ns: 10 }, superseded: false },
      { name: "a DEL of the same moment", del: { ns: 10 }, add: { ns: 10 }, superseded: false },
      { name: "a DEL of an earlier boot", del: { ns: 20, boot: "boot-0" }, add: { ns: 10 }, superseded: false },
      { name: "a later DEL of any definition", del: { definition: "", ns: 20 }, add: { ns: 10 }, superseded: true },
      {
        name: "a later DEL of another definition",
        del: { definition: "other", ns: 20 },
        add: { ns: 10 },
        superseded: false,
      },
      {
        name: "a later DEL after 104 days of uptime",
        del: { ns: 9_007_199_254_740_994 },
        add: { ns: 9_007_199_254_740_992 },
        superseded: true,
      },
    ];
    test.each(deletions)("stops an ADD that finds $name: $superseded", async ({ del, add, superseded }) => {
      const deletion = {
        attachment: attachment({ definition: del.definition ?? "blue-net" }),
        started: started(del.ns, del.boot),
        acceptedMs: 1,
      };
      await now().journal.commit([{ kind: "delete", deletion }]);
      const answer = await now().journal.commit([{ kind: "intend", row: newRow("10.0.0.5") }], {
        unless: holder({ started: started(add.ns, add.boot) }),
      });
      expect(answer.kind).toBe(superseded ? "superseded" : "committed");
      expect(await now().journal.rowAt(place("10.0.0.5"))).toEqual(superseded ? undefined : expect.anything());
    });

    test("keeps the latest DEL of an attachment when an older one comes late", async () => {
      const at = (ns: number): Change => ({
        kind: "delete",
        deletion: { attachment: attachment(), started: started(ns), acceptedMs: 1 },
      });
      await now().journal.commit([at(30)]);
      await now().journal.commit([at(20)]);
      expect(await now().journal.commit([], { unless: holder({ started: started(25) }) })).toEqual({
        kind: "superseded",
      });
    });

    test("renews a row on its way back: a lease again, unanswered, with one more attempt of ours", async () => {
      const id = await now().intend("10.0.0.5");
      await now().journal.commit([
        { kind: "lease", id, version: "7" },
        { kind: "answer", ids: [id], atMs: 99 },
        { kind: "free", id, reason: "DEL", whileAttempt: "attempt-10.0.0.5" },
      ]);
      const next = holder({ attachment: attachment({ containerId: "c2" }), started: started(2000) });
      await now().journal.commit([{ kind: "renew", id, holder: next, attempt: "second", index: 3 }]);
      expect(await now().journal.row(id)).toMatchObject({
        state: "lease",
        reason: "",
        version: "7",
        answeredMs: undefined,
        attempts: ["attempt-10.0.0.5", "second"],
        index: 3,
        holder: next,
      });
    });

    test("frees only what was judged: a row that was renewed since stays a lease", async () => {
      const id = await now().intend("10.0.0.5");
      await now().journal.commit([{ kind: "lease", id, version: "7" }]);
      await now().journal.commit([{ kind: "renew", id, holder: holder(), attempt: "second", index: 0 }]);
      await now().journal.commit([{ kind: "free", id, reason: "namespace gone", whileAttempt: "attempt-10.0.0.5" }]);
      expect(await now().journal.row(id)).toMatchObject({ state: "lease" });
      await now().journal.commit([{ kind: "free", id, reason: "namespace gone", whileAttempt: "second" }]);
      expect(await now().journal.row(id)).toMatchObject({ state: "freeing", reason: "namespace gone" });
    });

    test("ends a row, and lets its address rest when told to", async () => {
      const [first, second] = [await now().intend("10.0.0.5"), await now().intend("10.0.0.6")];
      await now().journal.commit([{ kind: "end", id: first, restUntilMs: 5000, whileAttempt: "attempt-10.0.0.5" }]);
      await now().journal.commit([{ kind: "end", id: second, restUntilMs: 0, whileAttempt: "attempt-10.0.0.6" }]);
      expect(await now().journal.row(first)).toBeUndefined();
      expect(await now().journal.resting("blue")).toEqual([{ place: place("10.0.0.5"), untilMs: 5000 }]);
      expect(await now().journal.resting("red")).toEqual([]);
    });

    test("pages through the rows of a state, each once", async () => {
      const changes = Array.from(
        { length: 2500 },
        (_, n): Change => ({ kind: "intend", row: newRow(`10.0.${n >> 8}.${n & 255}`, { attempts: [String(n)] }) }),
      );
      await now().journal.commit(changes);
      const seen: number[] = [];
      let after: number | undefined;
      do {
        const page = await now().journal.page("intent", after);
        seen.push(...page.rows.map(({ id }) => id));
        after = page.next;
      } while (after !== undefined);
      expect(new Set(seen).size).toBe(2500);
      expect(await now().journal.page("lease", undefined)).toEqual({ rows: [], next: undefined });
    });
  });
  journalClusterCases(name, create);
}
