/**
 * A further reservation of a static address beside Whereabouts: its pool has the entry, too, for with overlapping ranges off
 * Whereabouts looks at nothing else (P6, P21). A withheld address has its entries in every pool: `withheld-halves.ts`.
 *
 * @module
 */
import type { Claim, ClaimAnswer, Held, RenewAnswer } from "../ports/store.ts";
import { sameValue } from "./entry-order.ts";
import { claimMixed, entryOf, type MixedNeeds, renewMixed, tidyMixed } from "./mixed.ts";
import { isMixed, type KubeStoreNeeds } from "./needs.ts";
import { claimOne, renewOne } from "./one.ts";
import { poolsWith } from "./pools-with.ts";

export function hasEntries(needs: KubeStoreNeeds, { holder }: Pick<Claim, "holder">): needs is MixedNeeds {
  return isMixed(needs) && holder !== undefined;
}

/** The entry first. Repeating it is harmless. @param needs with `twinOf` */
export async function claimTwin(needs: KubeStoreNeeds, claim: Claim): Promise<ClaimAnswer> {
  if (!hasEntries(needs, claim)) return claimOne(needs, claim, true);
  const answer = await claimMixed(needs, claim, { again: true, until: undefined });
  // What else the pool holds says nothing of an address of no pool.
  return answer.kind === "taken" ? { kind: "taken", by: answer.by, mayLand: answer.mayLand === true } : answer;
}

/**
 * In a pool that was just opened, beside its further reservation; where something stands already, that stays.
 *
 * @returns why it is not known to be there
 */
export async function writeWithheldEntry(needs: KubeStoreNeeds, twin: Claim): Promise<ClaimAnswer | undefined> {
  if (!isMixed(needs) || twin.holder !== undefined) return undefined;
  const { address } = twin.place;
  const answer = await needs.mixed.entries.of(twin.place).order({ kind: "add", address, value: entryOf(twin) });
  if (answer.kind === "refused") return { ...answer, passesMs: 0 };
  return answer.kind === "unknown" ? { ...answer, hopeless: false } : undefined;
}

/** The entry first; where it is another's, the reservation alone. */
export async function renewTwin(needs: KubeStoreNeeds, twin: Held, next: Claim): Promise<RenewAnswer> {
  const answer = hasEntries(needs, twin) ? await renewMixed(needs, twin, next) : undefined;
  return answer === undefined || answer.kind === "lost" ? renewOne(needs, twin, next) : answer;
}

/**
 * Whether a pool of the network, also one that Berth never opened, says that it is another's; a reason when that cannot be read.
 * Cost: a list of all pools.
 */
export async function isWrittenDown(needs: MixedNeeds, claim: Claim): Promise<boolean | string> {
  const found = await poolsWith(needs, claim.place);
  if (typeof found === "string") return found;
  const own = entryOf(claim);
  return found.some(({ entry }) => entry !== undefined && !sameValue(entry, own));
}

/** Where it is still as the claim wrote it. @returns why that is not known */
export async function dropTwinEntry(
  needs: MixedNeeds,
  twin: Pick<Held, "place" | "attempt" | "holder">,
): Promise<string | undefined> {
  const answer = await tidyMixed(needs, twin);
  return answer.kind === "unknown" ? answer.reason : undefined;
}
