/**
 * Opening the state file: made when missing, migrated when older, refused by name when it is newer, damaged or not ours.
 * A file that is refused is never written.
 *
 * @module
 */
import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { applicationId, migrations, schemaVersion } from "./schema.ts";

export type OpenFault = {
  readonly kind: "foreign" | "damaged" | "newer" | "unreachable";
  readonly path: string;
  /** `Cannot <verb> <thing> "<path>": expected <wanted>`. */
  readonly message: string;
  /** The way out, for the one who reads it at night. */
  readonly wayOut: string;
};

export type Opened =
  | { readonly kind: "open"; readonly database: DatabaseSync }
  | { readonly kind: "fault"; readonly fault: OpenFault };

export type OpenOptions = {
  /** For reading only: nothing is made or migrated. */
  readonly readOnly?: boolean;
  /** The id of a new journal. */
  readonly journalId?: string;
};

/** Opens the state file at `path`. Cost: one pass over the file (`quick_check`), about 50 ms with 60,000 leases. */
export function openStateFile(path: string, options: OpenOptions = {}): Opened {
  try {
    if (!existsSync(path)) {
      if (options.readOnly === true) return fault("unreachable", path, "a state file that an agent has made");
      create(path, options.journalId ?? "");
    }
    const foreign = foreignReason(path);
    if (foreign !== undefined) return fault(foreign.kind, path, foreign.expected);
    return openOurs(path, options.readOnly === true);
  } catch (error) {
    return sqliteFault(path, error);
  }
}

function openOurs(path: string, readOnly: boolean): Opened {
  const database = new DatabaseSync(path, { readOnly, timeout: 5000 });
  let keep = false;
  try {
    const found = numberOf(database, "PRAGMA user_version");
    if (found > schemaVersion) {
      return fault("newer", path, `schema version ${schemaVersion} or older, found ${found}`);
    }
    if (found < schemaVersion && readOnly) {
      return fault("unreachable", path, `schema version ${schemaVersion}, found ${found}: start the agent once`);
    }
    const damage = damageOf(database);
    if (damage !== undefined) return fault("damaged", path, `a whole file, found: ${damage}`);
    if (!readOnly) prepare(database, found);
    keep = true;
    return { kind: "open", database };
  } finally {
    if (!keep) database.close();
  }
}

/** WAL with NORMAL: a commit survives the death of the process; a power cut may take the last ones (DESIGN 4). */
function prepare(database: DatabaseSync, found: number): void {
  database.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -4096; PRAGMA wal_autocheckpoint = 4000",
  );
  migrate(database, found);
}

function migrate(database: DatabaseSync, found: number): void {
  if (found === schemaVersion) return;
  database.exec("BEGIN IMMEDIATE");
  for (const script of migrations.slice(found)) database.exec(script);
  database.exec(`PRAGMA user_version = ${schemaVersion}; COMMIT`);
}

/** Made beside its place and renamed there, so that a crash never leaves a file that is half ours. */
function create(path: string, journalId: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  closeSync(openSync(draft, "wx", 0o600));
  const database = new DatabaseSync(draft);
  database.exec(`PRAGMA application_id = ${applicationId}`);
  migrate(database, 0);
  database.prepare("INSERT INTO meta VALUES ('journal_id', ?)").run(journalId);
  database.close();
  renameSync(draft, path);
}

/** Reads the header by hand: SQLite itself would begin to write (a WAL file beside it) before it can tell. */
function foreignReason(path: string): { kind: "foreign" | "damaged"; expected: string } | undefined {
  const header = Buffer.alloc(100);
  const file = openSync(path, "r");
  const length = readSync(file, header, 0, 100, 0);
  closeSync(file);
  if (length < 100) return { kind: "damaged", expected: `a state file, found ${length} bytes` };
  if (header.toString("latin1", 0, 16) !== "SQLite format 3\0")
    return { kind: "foreign", expected: "a state file of Berth, found another kind of file" };
  const id = header.readUInt32BE(68);
  if (id !== applicationId)
    return {
      kind: "foreign",
      expected: `a state file of Berth, found the database of another program (application id ${id})`,
    };
  return undefined;
}

function damageOf(database: DatabaseSync): string | undefined {
  const row = database.prepare("PRAGMA quick_check(1)").get();
  const text = String(row?.["quick_check"] ?? "no answer");
  return text === "ok" ? undefined : text;
}

function numberOf(database: DatabaseSync, sql: string): number {
  return Number(Object.values(database.prepare(sql).get() ?? {})[0]);
}

function sqliteFault(path: string, error: unknown): Opened {
  const text = error instanceof Error ? error.message : String(error);
  const isDamage = /malformed|not a database|corrupt|disk image/i.test(text);
  return isDamage
    ? fault("damaged", path, `a whole file, found: ${text}`)
    : fault("unreachable", path, `a file that can be opened, found: ${text}`);
}

function fault(kind: OpenFault["kind"], path: string, expected: string): Opened {
  return {
    kind: "fault",
    fault: {
      kind,
      path,
      message: `Cannot open state file "${path}": expected ${expected}`,
      wayOut: wayOut(kind, path),
    },
  };
}

function wayOut(kind: OpenFault["kind"], path: string): string {
  switch (kind) {
    case "newer":
      return "run the version of Berth that wrote it, or a later one";
    case "foreign":
      return `give the agent another directory with --state-dir, or move the file away: mv ${path} ${path}.foreign`;
    case "damaged":
      return `stop every container of this node, then move the file away and start the agent again: mv ${path} ${path}.damaged`;
    case "unreachable":
      return `look at its owner and mode: ls -l ${path}`;
    default:
      return kind satisfies never;
  }
}
