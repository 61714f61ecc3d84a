/**
 * A row of the journal, between the file and core.
 *
 * @module
 */
import type { NewRow, Row, RowState } from "../../core/ports/journal.ts";
import {
  damaged,
  holderOf,
  identityParameters,
  kindOf,
  number,
  placeOf,
  text,
  type Columns,
  type Parameters,
} from "./columns.ts";

export function newRowParameters(row: NewRow): Parameters {
  return {
    ...identityParameters({ ...row, reason: "" }),
    position: row.index,
    attempts: JSON.stringify(row.attempts),
    reuse_after_ms: row.reuseAfterMs,
  };
}

export function rowOf(columns: Columns): Row {
  const kind = kindOf(columns);
  const holder = holderOf(columns);
  if (holder === undefined || kind === "withheld") throw damaged("container_id", columns["container_id"]);
  const answered = columns["answered_ms"];
  return {
    id: number(columns, "id"),
    state: stateOf(columns),
    holder,
    place: placeOf(columns),
    kind,
    index: number(columns, "position"),
    attempts: attemptsOf(text(columns, "attempts")),
    version: text(columns, "version"),
    sinceMs: number(columns, "since_ms"),
    answeredMs: typeof answered === "number" ? answered : undefined,
    reuseAfterMs: number(columns, "reuse_after_ms"),
    reason: text(columns, "reason"),
    conflict: text(columns, "conflict"),
  };
}

function stateOf(columns: Columns): RowState {
  const state = columns["state"];
  if (state !== "intent" && state !== "lease" && state !== "freeing") throw damaged("state", state);
  return state;
}

export function attemptsOf(json: string): readonly string[] {
  const found: unknown = JSON.parse(json);
  if (!Array.isArray(found) || !found.every((item) => typeof item === "string")) throw damaged("attempts", json);
  return found;
}
