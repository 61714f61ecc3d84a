/**
 * Do ranges of one network overlap in a way that surprises?
 *
 * @module
 */
import { rangeSurprises, surpriseHint } from "../../core/kube/range-surprises.ts";
import type { RangeUse } from "../../core/ports/inventory.ts";
import { countWord } from "../format/words.ts";
import { type Finding, ok, type Patient, warn } from "./finding.ts";

const what = "ranges";
/** More pairs than these are not told one by one. */
const toldMax = 20;

export function checkRanges({ opened }: Patient): readonly Finding[] {
  return opened.kind === "open" ? judgeRanges(opened.inventory.ranges()) : [];
}

/**
 * @param ranges of all networks, those of a network together and in the order of their first addresses
 * @param promise what holds of an address that two of them share
 */
export function judgeRanges(ranges: readonly RangeUse[], promise = "each still has one holder"): readonly Finding[] {
  const found: Finding[] = [];
  for (const { text } of rangeSurprises(ranges, promise)) {
    if (found.length === toldMax) {
      return [
        ...found,
        warn(what, `more than ${toldMax} pairs of ranges overlap: the others are not told`, surpriseHint),
      ];
    }
    found.push(warn(what, text, surpriseHint));
  }
  return found.length > 0 ? found : [ok(what, `${countWord(ranges.length, "range")}, no surprising overlap`)];
}
