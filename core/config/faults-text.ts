/**
 * Faults as one failure, for a runtime that shows one message.
 *
 * @module
 */
import { type About, type Failure, failure, shorten } from "../failure/failure.ts";
import type { Fault } from "./definition.ts";

/** So many faults are told in full. */
const toldMax = 20;

/** One failure: the first fault in its message, the others, up to twenty in all, in its details. */
export function faultsToFailure(
  faults: readonly Fault[],
  about: About,
  name: "InvalidConfig" | "InvalidRequest" = "InvalidConfig",
): Failure {
  const [first, ...others] = faults;
  if (first === undefined) return failure(name, "", "a document without faults", about);
  const count = others.length === 0 ? "" : ` (and ${plural(others.length, "more fault")}: see the details)`;
  const base = failure(name, first.path, `${wanted(first)}${count}`, about);
  const told = others.slice(0, toldMax - 1).map((fault) => formatFault(fault));
  const untold = faults.length - 1 - told.length;
  const more = untold > 0 ? [`and ${untold} more`] : [];
  return { ...base, details: [...told, ...more, base.details].join("; ") };
}

/** What all faults of a definition are told under. */
export function faultsTitle(definition: string, faults: readonly Fault[]): string {
  return `Cannot use network definition "${shorten(definition)}": expected no faults, found ${plural(faults.length, "fault")}`;
}

/** One fault in one line: `ipam.range: expected a CIDR … instead of "10.0.0.0/33"`. */
export function formatFault(fault: Fault): string {
  return `${fault.path === "" ? "the document" : fault.path}: expected ${wanted(fault)}`;
}

function wanted(fault: Fault): string {
  return fault.value === "" ? fault.expected : `${fault.expected} instead of "${fault.value}"`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
