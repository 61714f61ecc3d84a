/**
 * Do ranges of one network overlap in a way that surprises?
 *
 * @module
 */
import { sameAddress } from "../../core/ip/address.ts";
import { formatAddress } from "../../core/ip/address-text.ts";
import { hasValue, intersect, intervalsOf, sameIntervals, sizeOf, subtract } from "../../core/ip/interval-set.ts";
import type { RangeUse } from "../../core/ports/inventory.ts";
import { formatCount } from "../format/count.ts";
import { countWord, networkWord, rangeWord } from "../format/words.ts";
import { type Finding, ok, type Patient, warn } from "./finding.ts";

const what = "ranges";
/** More pairs than these are not told one by one. */
const toldMax = 20;
const networksHint = "make the definitions agree, then run: berthctl networks";

export function checkRanges({ opened }: Patient): readonly Finding[] {
  return opened.kind === "open" ? judgeRanges(opened.inventory.ranges()) : [];
}

/**
 * @param ranges of all networks, those of a network together and in the order of their first addresses
 * @param promise what holds of an address that two of them share
 */
export function judgeRanges(ranges: readonly RangeUse[], promise = "each still has one holder"): readonly Finding[] {
  const found: Finding[] = [];
  for (const [a, b] of meetingPairs(ranges)) {
    const text = surprise(a, b, promise);
    if (text === undefined) continue;
    if (found.length === toldMax) {
      return [
        ...found,
        warn(what, `more than ${toldMax} pairs of ranges overlap: the others are not told`, networksHint),
      ];
    }
    found.push(warn(what, text, networksHint));
  }
  return found.length > 0 ? found : [ok(what, `${countWord(ranges.length, "range")}, no surprising overlap`)];
}

/** Pairs of one network with a common address from first to last. Sorted, so only neighbours are compared. */
function* meetingPairs(ranges: readonly RangeUse[]): Generator<readonly [RangeUse, RangeUse]> {
  let open: RangeUse[] = [];
  for (const range of ranges) {
    open = open.filter(
      ({ network, first, last }) =>
        network === range.network && first.family === range.first.family && last.value >= range.first.value,
    );
    for (const earlier of open) yield [earlier, range];
    open.push(range);
  }
}

function surprise(a: RangeUse, b: RangeUse, promise: string): string | undefined {
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

function otherPools(a: RangeUse, b: RangeUse, { names, promise }: Telling): string | undefined {
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
function givenGateway(giver: RangeUse, owner: RangeUse): string | undefined {
  const { gateway } = owner;
  if (gateway === undefined || gateway.family !== giver.first.family) return undefined;
  if (!hasValue(givable(giver), gateway.value)) return undefined;
  return `${giver.definition} may give ${formatAddress(gateway)}, the gateway of ${owner.definition}`;
}

function givable({ first, last, exclusions }: RangeUse) {
  return subtract(intervalsOf([{ first: first.value, last: last.value }]), exclusions);
}

/** One definition may give what the other keeps back, its gateway before all. */
function differences(a: RangeUse, b: RangeUse): readonly string[] {
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

function gatewayWord({ gateway }: RangeUse): string {
  return gateway === undefined ? "none" : formatAddress(gateway);
}
