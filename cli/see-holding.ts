/**
 * What is known of one address in one network, for people and for programs: its holders, the ranges that contain it, and whether it rests.
 *
 * @module
 */
import { judge } from "../core/flow/evidence.ts";
import { networkWord, rangeWord } from "../core/kube/range-words.ts";
import type { LeaseRecord } from "../core/ports/inventory.ts";
import type { ChosenStore } from "./choose-store.ts";
import { leaseJson } from "./describe-lease.ts";
import { formatInstant } from "./format/instant.ts";
import type { Holding, RangeRole } from "./holdings.ts";
import { recordFacts, type Sight } from "./record-facts.ts";
import { type Fact, factLines } from "./terminal/facts.ts";
import type { Session } from "./world.ts";

export type SeenHolding = Holding & { readonly verdicts: readonly Sight[] };

/** Looks at the namespaces of its holders, where they can be seen from here. */
export async function seeHolding({ world }: Session, store: ChosenStore, holding: Holding): Promise<SeenHolding> {
  const look = async ({ holder }: LeaseRecord): Promise<Sight> => {
    if (holder === undefined) return undefined;
    const isHere = store.kind === "embedded" || store.status?.node === holder.node;
    return isHere ? judge(world.namespaces, world.clock, holder.evidence) : { kind: "elsewhere" };
  };
  return { ...holding, verdicts: await Promise.all(holding.records.map(look)) };
}

/** @param more what else is told of each holder, in their order */
export function holdingText(
  session: Session,
  { address, more = [] }: { readonly address: string; readonly more?: readonly (readonly Fact[])[] },
  { network, records, ranges, resting, verdicts }: SeenHolding,
): string {
  const where = ranges.map(({ range, role }): Fact => {
    const words = records.length === 0 || role !== "givable" ? `: ${roleWords[role]}` : "";
    const whose = range.definition === "" ? "of no definition" : `of definition ${range.definition}`;
    return ["range", `${rangeWord(range)} ${whose}${words}`];
  });
  const rests = resting.map(({ untilMs }): Fact => ["resting", `until ${formatInstant(untilMs)} (reuse_after)`]);
  const nobody: readonly Fact[] = records.length === 0 ? [["held by", "nobody"]] : [];
  const nowMs = session.world.clock.nowMs();
  const held = records.flatMap((record, index) => [
    ...recordFacts(record, verdicts[index], nowMs),
    ...(more[index] ?? []),
  ]);
  const heading = `${address} in network ${networkWord(network)}`;
  return factLines(session.terminal, heading, [...nobody, ...held, ...where, ...rests]);
}

const roleWords: { readonly [role in RangeRole]: string } = {
  givable: "free to be given",
  excluded: "excluded, never given",
  gateway: "its gateway, never given",
};

export function holdingJson({ network, records, ranges, resting, verdicts }: SeenHolding) {
  return {
    network,
    holders: records.map((record, index) => ({ ...leaseJson(record), namespaceNow: verdicts[index]?.kind ?? null })),
    ranges: ranges.map(({ range, role }) => ({ range: range.pool, definition: range.definition, role })),
    restingUntil: resting[0] === undefined ? null : formatInstant(resting[0].untilMs),
  };
}
