/**
 * Prepared statements, each made once.
 *
 * @module
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";

export type Statements = (sql: string) => StatementSync;

export function statementsOf(database: DatabaseSync): Statements {
  const made = new Map<string, StatementSync>();
  return (sql) => {
    let statement = made.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      // Callers share one record of named parameters; a statement takes those it names.
      statement.setAllowUnknownNamedParameters(true);
      made.set(sql, statement);
    }
    return statement;
  };
}

/** Runs `body` in one transaction: all of it is written, or, when it throws, nothing. */
export function inTransaction<Result>(database: DatabaseSync, body: () => Result): Result {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = body();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // After some errors (a full disk) SQLite has already rolled back.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/**
 * Runs `body` so that its commits survive a power cut: for what a person ordered (DESIGN 4, "What a commit must survive").
 */
export function durably<Result>(database: DatabaseSync, body: () => Result): Result {
  database.exec("PRAGMA synchronous = FULL");
  try {
    return body();
  } finally {
    database.exec("PRAGMA synchronous = NORMAL");
  }
}

/** Reports whether the error says that there is no space left (SQLITE_FULL, or the write failed with ENOSPC). */
export function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // SQLITE_FULL = 13; https://sqlite.org/rescode.html. A WAL that cannot grow is SQLITE_IOERR_WRITE = 778.
  const code: unknown = Reflect.get(error, "errcode");
  return code === 13 || code === 778 || code === 4874;
}
