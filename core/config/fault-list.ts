/**
 * Faults as they are found: all at once, and never more than can be read.
 *
 * @module
 */
import { shorten } from "../failure/failure.ts";
import type { Fault } from "./definition.ts";
import { formatPath } from "./json.ts";

/** A document with more faults than these tells only the first. */
export const faultsMax = 1_000;

/** Where in a document: keys, and positions in lists. */
export type Steps = readonly PropertyKey[];

/** Notes a fault. `expected` as it goes after "expected". */
export type Note = (at: Steps, value: unknown, expected: string) => void;

export type FaultList = { readonly faults: readonly Fault[]; readonly note: Note };

export function faultList(): FaultList {
  const faults: Fault[] = [];
  return {
    faults,
    note: (at, value, expected) => {
      if (faults.length < faultsMax) faults.push({ path: formatPath(at), value: valueText(value), expected });
    },
  };
}

/** What stands at a place, in at most 121 characters and one line; "" when nothing does. */
function valueText(value: unknown): string {
  if (value === undefined) return "";
  return shorten(typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
}
