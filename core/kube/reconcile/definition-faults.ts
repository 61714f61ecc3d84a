/**
 * Definitions that cannot work, or not together with another one: in the sentences of `berthctl check-config` and `doctor`.
 *
 * @module
 */
import type { Fault } from "../../config/definition.ts";
import { faultsTitle, formatFault } from "../../config/faults-text.ts";
import { type BareRange, countRanges, rangesOf } from "../inventory-ranges.ts";
import { rangeSurprises, surpriseHint } from "../range-surprises.ts";
import { networkWord } from "../range-words.ts";
import type { DefinitionSight } from "../read-definition.ts";

export type DefinitionFault = {
  /** `namespace/name` of the object. */
  readonly definition: string;
  readonly kind: "refused" | "disagrees";
  /** One sentence, and what to run. */
  readonly text: string;
};

/** So many faults of one definition are told in full. */
const toldMax = 10;
/** So many pairs of ranges: a person puts these right first. */
const pairsMax = 100;

/** What is wrong with all definitions of a cluster, in their order. Cost: that of sorting their ranges. */
export function definitionFaults(sights: readonly DefinitionSight[]): readonly DefinitionFault[] {
  const ranges = rangesOf(sights);
  return [...sights.flatMap(refused), ...settings(ranges), ...surprises(ranges)];
}

function refused({ object, read }: DefinitionSight): readonly DefinitionFault[] {
  if (read.kind === "definition") return [];
  const [namespace = "", name = ""] = object.split("/");
  const get = `kubectl --namespace ${namespace} get net-attach-def ${name} --output json`;
  const text = `${faultsTitle(object, read.faults)}: ${faultsText(read.faults)}; run: ${get} | berthctl check-config -`;
  return [{ definition: object, kind: "refused", text }];
}

function faultsText(faults: readonly Fault[]): string {
  const untold = faults.length - toldMax;
  return [...faults.slice(0, toldMax).map(formatFault), ...(untold > 0 ? [`and ${untold} more`] : [])].join("; ");
}

/** Whichever comes second is refused (P2). */
function settings(ranges: readonly BareRange[]): readonly DefinitionFault[] {
  const pools = new Map<string, Map<boolean, string>>();
  for (const { network, pool, overlapping, definition } of ranges) {
    const key = `${network}\0${pool}`;
    const found = pools.get(key) ?? new Map<boolean, string>();
    if (!found.has(overlapping)) found.set(overlapping, definition);
    pools.set(key, found);
  }
  const seen = new Set<string>();
  return ranges.flatMap(({ network, pool, overlapping, definition }) => {
    const other = pools.get(`${network}\0${pool}`)?.get(!overlapping);
    const key = `${definition}\0${network}\0${pool}`;
    if (other === undefined || seen.has(key)) return [];
    seen.add(key);
    const which = `definitions ${definition} and ${other} give ${pool}, with different enable_overlapping_ranges (${overlapping}, ${!overlapping})`;
    const text = `network ${networkWord(network)}: ${which}: the ADDs of the one that is used second are refused; give both the same`;
    return [{ definition, kind: "disagrees", text } as const];
  });
}

function surprises(ranges: readonly BareRange[]): readonly DefinitionFault[] {
  const found: DefinitionFault[] = [];
  let pairs = 0;
  // Only their order matters: nothing is counted in them.
  for (const { a, b, text } of rangeSurprises(countRanges(ranges, []), "each still has one holder")) {
    pairs += 1;
    if (pairs > pairsMax) break;
    for (const definition of new Set([a.definition, b.definition]))
      found.push({ definition, kind: "disagrees", text: `${text}; ${surpriseHint}` });
  }
  return found;
}
