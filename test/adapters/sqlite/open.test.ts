/**
 * Opening the state file.
 *
 * @module
 */
import { mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createJournal } from "../../../adapters/sqlite/journal.ts";
import { openStateFile } from "../../../adapters/sqlite/open.ts";
import { schemaVersion } from "../../../adapters/sqlite/schema.ts";
import { createWriter } from "../../../adapters/sqlite/writer.ts";
import { opened, temporaryDirectory } from "../../support/state-file.ts";

let directory: ReturnType<typeof temporaryDirectory>;
let path: string;

beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory.path, "deep", "state.db");
});
afterEach(() => directory.remove());

function faultOf(options?: Parameters<typeof openStateFile>[1]) {
  const answer = openStateFile(path, options);
  if (answer.kind === "open") throw new Error("it was opened");
  return answer.fault;
}

describe("openStateFile()", () => {
  test("makes the file and its directory for its owner only, with a journal id", () => {
    const database = opened(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(database.prepare("SELECT value FROM meta WHERE name = 'journal_id'").get()).toEqual({ value: "journal-1" });
    database.close();
  });

  test("opens what it made again, whoever held it before, and keeps its id", () => {
    opened(path).close();
    const answer = openStateFile(path, { journalId: "another" });
    if (answer.kind === "fault") throw new Error(answer.fault.message);
    expect(answer.database.prepare("SELECT value FROM meta WHERE name = 'journal_id'").get()).toEqual({
      value: "journal-1",
    });
    answer.database.close();
  });

  const refusals: { name: string; kind: string; expected: RegExp; spoil: () => void }[] = [
    {
      name: "a text file",
      kind: "foreign",
      expected: /another kind of file/,
      spoil: () => writeFileSync(path, "these are not the leases you are looking for ".repeat(10)),
    },
    { name: "an empty file", kind: "damaged", expected: /found 0 bytes/, spoil: () => truncateSync(path, 0) },
    {
      name: "a file cut in the middle",
      kind: "damaged",
      expected: /whole file|malformed/,
      spoil: () => truncateSync(path, Math.floor(statSync(path).size / 2)),
    },
    {
      name: "the database of another program",
      kind: "foreign",
      expected: /another program/,
      spoil: () => {
        const other = new DatabaseSync(path);
        other.exec("PRAGMA application_id = 42");
        other.close();
      },
    },
    {
      name: "the file of a newer Berth",
      kind: "newer",
      expected: new RegExp(`schema version ${schemaVersion} or older, found 99`),
      spoil: () => {
        const newer = new DatabaseSync(path);
        newer.exec("PRAGMA user_version = 99");
        newer.close();
      },
    },
  ];
  test.each(refusals)("refuses $name by name, with the way out, and does not touch it", ({ kind, expected, spoil }) => {
    opened(path).close();
    spoil();
    const before = readFileSync(path);
    const fault = faultOf();
    expect(fault.kind).toBe(kind);
    expect(fault.message).toMatch(/^Cannot open state file "/);
    expect(fault.message).toContain(path);
    expect(fault.message).toMatch(expected);
    expect(fault.wayOut).not.toBe("");
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test("makes nothing when it may only read", () => {
    expect(faultOf({ readOnly: true })).toMatchObject({ kind: "unreachable" });
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
  });

  test("reads beside a writer", () => {
    const writer = opened(path);
    writer.exec("INSERT INTO meta VALUES ('fresh', 'yes')");
    const answer = openStateFile(path, { readOnly: true });
    if (answer.kind === "fault") throw new Error(answer.fault.message);
    expect(answer.database.prepare("SELECT value FROM meta WHERE name = 'fresh'").get()).toEqual({ value: "yes" });
    expect(() => answer.database.exec("DELETE FROM meta")).toThrow(/readonly/);
    answer.database.close();
    writer.close();
  });

  test("is not fooled by a file that an earlier start left half made", () => {
    opened(path).close();
    writeFileSync(`${path}.new`, "half");
    directory.remove();
    directory = temporaryDirectory();
    path = join(directory.path, "state.db");
    writeFileSync(`${path}.new`, "half");
    opened(path).close();
  });
});

describe("openStateFile() on the file of version 1", () => {
  /** Written by the release that had version 1: a lease, one on its way back, an intent, a DEL, a resting address, a withheld one. */
  const script = readFileSync(new URL("state-v1.sql", import.meta.url), "utf8");
  const tables = ["meta", "reservation", "pool", "served_range", "row", "deletion", "resting"];

  /** @returns what each table has */
  function writeVersion1(): readonly (readonly object[])[] {
    mkdirSync(dirname(path), { recursive: true });
    const old = new DatabaseSync(path);
    old.exec(`PRAGMA journal_mode = WAL; ${script}`);
    const contents = tables.map((table) => old.prepare(`SELECT * FROM ${table}`).all());
    old.close();
    return contents;
  }

  test("makes the present version of it and keeps everything", () => {
    const before = writeVersion1();
    const database = opened(path);
    expect(database.prepare("PRAGMA user_version").get()).toEqual({ user_version: schemaVersion });
    for (const [index, table] of tables.entries()) {
      const now = database.prepare(`SELECT * FROM ${table}`).all();
      expect(now.length).toBeGreaterThan(0);
      expect(now).toMatchObject(before[index] ?? []);
    }
    database.close();
  });

  test("has the same tables, indexes and triggers as a file made anew", () => {
    writeVersion1();
    const migrated = opened(path);
    const fresh = opened(join(directory.path, "fresh.db"));
    const shape = (database: DatabaseSync) =>
      database
        .prepare("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
        .all()
        .map(({ type, name, sql }) => `${String(type)} ${String(name)} ${String(sql).replace(/\s+/g, " ")}`);
    expect(shape(migrated)).toEqual(shape(fresh));
    migrated.close();
    fresh.close();
  });

  test("goes on with its rows: the lease stays, what is on its way back is still on it", async () => {
    writeVersion1();
    const database = opened(path);
    const journal = createJournal(database, createWriter(database), { isKept: () => true, giveUp: () => false });
    expect(journal.id).toBe("journal-of-version-1");
    expect((await journal.page("lease", undefined)).rows).toMatchObject([
      { version: "1", answeredMs: 99, conflict: "" },
    ]);
    expect((await journal.page("freeing", undefined)).rows).toMatchObject([{ reason: "DEL" }]);
    expect((await journal.page("intent", undefined)).rows).toHaveLength(1);
    expect(await journal.resting("blue")).toHaveLength(1);
    database.close();
  });

  test("asks for the agent when it may only read", () => {
    writeVersion1();
    expect(faultOf({ readOnly: true }).message).toMatch(/start the agent once/);
  });
});
