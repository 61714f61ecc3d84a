/**
 * A range with its numbers, as a person or a program wants to read it.
 *
 * @module
 */
import { formatAddress } from "../core/ip/address-text.ts";
import type { RangeUse } from "../core/ports/inventory.ts";
import { formatCount } from "../core/ip/count-text.ts";
import { formatFill } from "./format/fill.ts";
import { formatInstant } from "./format/instant.ts";
import { networkWord, rangeWord } from "../core/kube/range-words.ts";
import type { Style } from "./terminal/style.ts";
import type { Column } from "./terminal/table.ts";

/** What a definition says itself goes first where there is no room: what people have done since stays longest. */
export const rangeColumns: readonly Column<RangeUse>[] = [
  { title: "NETWORK", rank: 0, shrinksTo: 12, text: ({ network }) => networkWord(network) },
  { title: "DEFINITION", rank: 2, shrinksTo: 16, text: ({ definition }) => definition },
  { title: "RANGE", rank: 0, shrinksTo: 18, text: rangeWord },
  { title: "USED", rank: 0, align: "right", text: ({ used }) => formatCount(used) },
  { title: "FREE", rank: 0, align: "right", text: ({ free }) => formatCount(free) },
  { title: "EXCLUDED", rank: 4, align: "right", text: ({ excluded }) => formatCount(excluded) },
  { title: "WITHHELD", rank: 1, align: "right", text: ({ withheld }) => formatCount(withheld) },
  { title: "TOTAL", rank: 3, align: "right", text: ({ total }) => formatCount(total) },
  { title: "FILL", rank: 0, align: "right", text: ({ used, free }) => formatFill(used, free), style: fillStyle },
];

/** From nine tenths on somebody should look; a full range refuses. */
function fillStyle({ used, free }: RangeUse): Style | undefined {
  if (free === 0n) return "bad";
  return used * 10n >= (used + free) * 9n ? "attention" : undefined;
}

export function rangeJson(range: RangeUse) {
  const { network, definition, pool, first, last, gateway, overlapping } = range;
  const { used, free, excluded, withheld, total } = range;
  return {
    network,
    definition: definition === "" ? null : definition,
    range: pool,
    first: formatAddress(first),
    last: formatAddress(last),
    gateway: gateway === undefined ? null : formatAddress(gateway),
    overlappingRanges: overlapping,
    used,
    free,
    excluded,
    withheld,
    total,
    lastUsed: range.seenMs === undefined ? null : formatInstant(range.seenMs),
  };
}
