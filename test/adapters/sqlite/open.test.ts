/**
 * Opening the state file.
 *
 * @module
 */
import { readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStateFile } from "../../../adapters/sqlite/open.ts";
import { schemaVersion } from "../../../adapters/sqlite/schema.ts";
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
