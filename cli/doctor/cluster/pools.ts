/**
 * Pools: in one namespace, readable, of one setting, not too large, and without entries where nobody reads them.
 *
 * @module
 */
import { formatAddress } from "../../../core/ip/address-text.ts";
import { formatPrefix } from "../../../core/ip/prefix.ts";
import { entriesMax } from "../../../core/kube/entry-writer.ts";
import type { BareRange } from "../../../core/kube/inventory-ranges.ts";
import { eachAlien, entryCount } from "../../../core/migrate/ledger.ts";
import { editCommand, type PoolSight, poolWord } from "../../../core/kube/pool-sight.ts";
import { alienWords } from "../../../core/migrate/reasons.ts";
import type { Mode } from "../../../core/ports/cluster.ts";
import { countWord } from "../../format/words.ts";
import { entriesWord } from "../../migrate/words.ts";
import { fail, type Finding, ok, warn } from "../finding.ts";
import { some } from "./patient.ts";

const what = "pools";
/** From here on a person has time to act (PROTOCOL 7: 5,000 is the bound). */
const manyEntries = entriesMax * 0.9;
/** More pools than these are not told one by one. */
const toldMax = 20;

export type PoolsSeen = {
  /** Of all namespaces. */
  readonly pools: readonly PoolSight[];
  readonly namespace: string;
  readonly mode: Mode | undefined;
  readonly ranges: readonly BareRange[];
};

export function judgePools({ pools, namespace, mode, ranges }: PoolsSeen): readonly Finding[] {
  const here = pools.filter((one) => one.namespace === namespace);
  const findings = [
    ...elsewhere(pools, namespace, here.length),
    ...here.flatMap(unreadable),
    ...aliens(here),
    ...here.filter(({ isAmbiguous }) => isAmbiguous).map(ambiguous),
    ...(mode === "absent" ? uselessEntries(here) : here.flatMap(large)),
    ...here.flatMap((pool) => disagreement(pool, ranges)),
  ];
  const shown = findings.slice(0, toldMax);
  if (findings.length > toldMax)
    shown.push(
      warn(what, `${findings.length - toldMax} findings more are not told`, "put these right, and run it again"),
    );
  return shown.length > 0 ? shown : [ok(what, `${countWord(here.length, "pool")}, ${entriesWord(entryCount(here))}`)];
}

function elsewhere(pools: readonly PoolSight[], namespace: string, countHere: number): readonly Finding[] {
  const others = [...new Set(pools.map((one) => one.namespace))].filter((one) => one !== namespace);
  if (others.length === 0) return [];
  const text = `in namespace ${some(others)}, too: two namespaces exclude nothing from each other`;
  const next =
    countHere === 0
      ? `if these are the cluster's, name it: --namespace ${others[0]}, for agents and berthctl`
      : `look who uses them: kubectl --namespace ${others[0]} get ippools`;
  return [fail(what, text, next)];
}

function unreadable(pool: PoolSight): readonly Finding[] {
  const { text } = pool;
  if (text.kind === "entries") return [];
  const told = `${poolWord(pool)} cannot be read: expected ${text.fault}; what it holds may be given twice`;
  return [fail(what, told, `correct it: ${editCommand(pool)}`)];
}

/** One for each pool: the first of its keys. */
function aliens(pools: readonly PoolSight[]): readonly Finding[] {
  return pools.flatMap((pool) => {
    const found = [...eachAlien([pool])];
    // Far behind the range it keeps nothing from being given.
    const first = (found.find(({ alien }) => alien.fault !== "range") ?? found[0])?.alien;
    if (first === undefined) return [];
    const means = first.may === undefined ? "" : `; ${formatAddress(first.may)}, which it may mean, is not given`;
    const text = `${poolWord(pool)} has ${countWord(found.length, "key")} of no meaning, such as "${first.key}" (${alienWords[first.fault]})${means}`;
    return [warn(what, text, `correct or remove by hand: ${editCommand(pool)}`)];
  });
}

function ambiguous(pool: PoolSight): Finding {
  const text = `${poolWord(pool)} fits the names of several nodes' slices: nobody can tell whose it is`;
  return warn(what, text, `look at it: ${editCommand(pool)}`);
}

/** In exclusive mode an entry makes its address taken, and nobody takes it away (P4). */
function uselessEntries(pools: readonly PoolSight[]): readonly Finding[] {
  const used = pools.filter((pool) => entryCount([pool]) > 0);
  if (used.length === 0) return [];
  const text = `${entriesWord(entryCount(used))} in ${some(used.map(poolWord))}, written without Whereabouts: their addresses are not given`;
  return [fail(what, text, "who wrote them? then run: berthctl migrate finish")];
}

function large(pool: PoolSight): readonly Finding[] {
  const count = entryCount([pool]);
  if (count <= manyEntries) return [];
  const text = `${poolWord(pool)} has ${count} entries of at most ${entriesMax}`;
  const next = "give the definition a smaller range, or remove Whereabouts and run: berthctl migrate finish";
  return [count >= entriesMax ? fail(what, `${text}: ADDs are refused`, next) : warn(what, text, next)];
}

/** A definition that disagrees with the pool's setting is refused (P2). */
function disagreement(pool: PoolSight, ranges: readonly BareRange[]): readonly Finding[] {
  const { text, network, isApart } = pool;
  if (text.kind !== "entries") return [];
  const cidr = formatPrefix(text.prefix);
  // Without a mark it has not been used by Berth: then the first definition decides.
  const against = ranges.filter(
    (range) => range.network === network && range.pool === cidr && isApart && range.overlapping,
  );
  if (against.length === 0) return [];
  const names = some([...new Set(against.map(({ definition }) => definition))]);
  const told = `${poolWord(pool)} was first used with enable_overlapping_ranges false, and definition ${names} says true: its ADDs are refused`;
  return [fail(what, told, `make the definitions agree: kubectl get net-attach-def --all-namespaces`)];
}
