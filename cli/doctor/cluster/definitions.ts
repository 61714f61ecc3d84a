/**
 * Definitions: readable, of addresses that objects can be named after, and without surprising overlaps.
 *
 * @module
 */
import { shorten } from "../../../core/failure/failure.ts";
import { formatAddress } from "../../../core/ip/address-text.ts";
import type { Address } from "../../../core/ip/address.ts";
import { type BareRange, countRanges } from "../../../core/kube/inventory-ranges.ts";
import { isLegalName, reservationName } from "../../../core/kube/names.ts";
import type { DefinitionSight } from "../../../core/kube/read-definition.ts";
import type { Mode } from "../../../core/ports/cluster.ts";
import { networkWord } from "../../../core/kube/range-words.ts";
import { fail, type Finding, ok, warn } from "../finding.ts";
import { judgeRanges } from "../ranges.ts";
import { some } from "./patient.ts";

const what = "definitions";
/** More than these are not told one by one. */
const toldMax = 20;

export function judgeDefinitions(
  sights: readonly DefinitionSight[],
  ranges: readonly BareRange[],
  mode: Mode | undefined,
): readonly Finding[] {
  const unread = sights.flatMap(unreadable);
  const unnamed = ranges.flatMap(unnameable);
  const findings = [...unread, ...unnamed, ...oneName(sights)];
  const shown = findings.slice(0, toldMax);
  if (findings.length > toldMax)
    shown.push(
      warn(what, `${findings.length - toldMax} findings more are not told`, "put these right, and run it again"),
    );
  const read = sights.length - unread.length;
  const fine = findings.length === 0 ? [ok(what, `${read} read`)] : [];
  return [...fine, ...shown, ...overlaps(ranges, mode)];
}

/** Only order and bounds matter: nothing is counted in them. */
function overlaps(ranges: readonly BareRange[], mode: Mode | undefined): readonly Finding[] {
  const counted = countRanges(ranges, []);
  // Whereabouts deletes reservations by name: between its pools nothing else would hold (P6).
  return mode === "absent"
    ? judgeRanges(counted)
    : judgeRanges(counted, "beside Whereabouts one holder is best effort only");
}

function unreadable({ object, read }: DefinitionSight): readonly Finding[] {
  if (read.kind === "definition") return [];
  const [first] = read.faults;
  const where = first?.path === "" ? "" : `${first?.path} `;
  const value = first?.value === "" ? "" : `"${shorten(first?.value ?? "")}" `;
  const [namespace = "", name = ""] = object.split("/");
  const text = `${object} is refused by every ADD: ${where}${value}expected ${first?.expected}`;
  const get = `kubectl --namespace ${namespace} get net-attach-def ${name} --output json`;
  return [fail(what, text, `run: ${get} | berthctl check-config -`)];
}

/** Such as ::1 in the network without a name: an object's name begins with a letter or a digit (F37). */
function unnameable({ network, pool, overlapping, definition, first, last }: BareRange): readonly Finding[] {
  const isUnnamed = (address: Address) => !isLegalName(reservationName({ network, pool, overlapping, address }));
  const found = [first, last].find(isUnnamed);
  if (found === undefined) return [];
  const text = `${pool} of definition ${definition}, network ${networkWord(network)}: no object can be named after ${formatAddress(found)}, so it is never given`;
  return [warn(what, text, "give the definition a network_name, or another range")];
}

/** GC and DHCP tell definitions apart by name and network: two that differ and have one name are one to them. */
function oneName(sights: readonly DefinitionSight[]): readonly Finding[] {
  const byName = new Map<string, Map<string, string[]>>();
  for (const { object, read } of sights) {
    if (read.kind !== "definition" || read.definition.name === "") continue;
    const { name, network, ranges } = read.definition;
    const key = `${network}\0${name}`;
    const print = JSON.stringify(
      ranges.map(({ range }) => [range.prefix, range.first, range.last]),
      bigintsAsText,
    );
    const prints = byName.get(key) ?? new Map<string, string[]>();
    prints.set(print, [...(prints.get(print) ?? []), object]);
    byName.set(key, prints);
  }
  return [...byName].flatMap(([key, prints]) => {
    if (prints.size < 2) return [];
    const name = key.slice(key.indexOf("\0") + 1);
    const objects = [...prints.values()].map(([first = ""]) => first);
    const text = `${some(objects)} are all named "${name}" inside, with different ranges: to runtimes they are one`;
    return [warn(what, text, "give each configuration a name of its own, or leave it out: then it is the object's")];
  });
}

function bigintsAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString(36) : value;
}
