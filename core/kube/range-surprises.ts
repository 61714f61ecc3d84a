/**
 * Ranges of one network that overlap in a way that surprises: in the same words for `berthctl doctor` and for Events.
 *
 * @module
 */
import { sameAddress } from "../ip/address.ts";
import { formatAddress } from "../ip/address-text.ts";
import { formatCount } from "../ip/count-text.ts";
import { hasValue, intersect, intervalsOf, sameIntervals, sizeOf, subtract } from "../ip/interval-set.ts";
import type { BareRange } from "./inventory-ranges.ts";
import { networkWord, rangeWord } from "./range-words.ts";

/** Two ranges, the one with the lower first address first. */
export type RangeSurprise = { readonly a: BareRange; readonly b: BareRange; readonly text: string };

/**
 * @param ranges of all networks, those of a network together and in the order of their first addresses
 * @param promise what holds of an address that two of them share
 */
export function* rangeSurprises(ranges: readonly BareRange[], promise: string): Generator<RangeSurprise> {
  for (const [a, b] of meetingPairs(ranges)) {
    const text = surprise(a, b, promise);
    if (text !== undefined) yield { a, b, text };
  }
}

/** What a person does about one. */
export const surpriseHint = "make the definitions agree, then run: berthctl networks";

/** Pairs of one network with a common address from first to last. Sorted, so only neighbours are compared. */
function* meetingPairs(ranges: readonly BareRange[]): Generator<readonly [BareRange, BareRange]> {
  let open: BareRange[] = [];
  for (const range of ranges) {
    open = open.filter(
      ({ network, first, last }) =>
        network === range.network && first.family === range.first.family && last.value >= range.first.value,
    );
    for (const earlier of open) yield [earlier, range];
    open.push(range);
  }
}

function surprise(a: BareRange, b: BareRange, promise: string): string | undefined {
  const where = `network ${networkWord(a.network)}:`;
  const names = `${rangeWord(a)} of definition ${a.definition} and ${rangeWord(b)} of ${b.definition}`;
  if (a.pool !== b.pool) return otherPools(a, b, { names: `${where} ${names}`, promise });
  // Two ranges of one definition and CIDR are two addresses for each attachment: asked for, no surprise.
  if (a.definition === b.definition) return undefined;
  const differs = differences(a, b);
  return differs.length === 0
    ? undefined
    : `${where} definitions ${a.definition} and ${b.definition} give ${a.pool}, with different ${differs.join(" and ")}`;
}

type Telling = { readonly names: string; readonly promise: string };

function otherPools(a: BareRange, b: BareRange, { names, promise }: Telling): string | undefined {
  const gateway = givenGateway(a, b) ?? givenGateway(b, a);
  if (gateway !== undefined) return `${names}: ${gateway}`;
  const common = sizeOf(intersect(givable(a), givable(b)));
  if (common === 0n) return undefined;
  const share = `${names} share ${formatCount(common)} ${common === 1n ? "address" : "addresses"}`;
  return a.overlapping && b.overlapping
    ? `${share}; ${promise}`
    : `${share}, and with enable_overlapping_ranges false each may be held in both`;
}

/** The worst of overlaps: a container that gets the address of the router of others. */
function givenGateway(giver: BareRange, owner: BareRange): string | undefined {
  const { gateway } = owner;
  if (gateway === undefined || gateway.family !== giver.first.family) return undefined;
  if (!hasValue(givable(giver), gateway.value)) return undefined;
  return `${giver.definition} may give ${formatAddress(gateway)}, the gateway of ${owner.definition}`;
}

function givable({ first, last, exclusions }: BareRange) {
  return subtract(intervalsOf([{ first: first.value, last: last.value }]), exclusions);
}

/** One definition may give what the other keeps back, its gateway before all. */
function differences(a: BareRange, b: BareRange): readonly string[] {
  const first = a.first.value > b.first.value ? a.first.value : b.first.value;
  const last = a.last.value < b.last.value ? a.last.value : b.last.value;
  const common = intervalsOf([{ first, last }]);
  const found: string[] = [];
  const isGatewaySame =
    a.gateway === undefined || b.gateway === undefined ? a.gateway === b.gateway : sameAddress(a.gateway, b.gateway);
  if (!isGatewaySame) found.push(`gateways (${gatewayWord(a)}, ${gatewayWord(b)})`);
  if (!sameIntervals(intersect(a.exclusions, common), intersect(b.exclusions, common))) found.push("exclusions");
  return found;
}

function gatewayWord({ gateway }: BareRange): string {
  return gateway === undefined ? "none" : formatAddress(gateway);
}
