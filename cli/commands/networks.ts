/**
 * `berthctl networks`: every network and definition with its ranges, and how full they are.
 *
 * @module
 */
import type { Command } from "commander";
import { formatAddress } from "../../core/ip/address-text.ts";
import type { RangeUse } from "../../core/ports/inventory.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { formatCount, formatFill } from "../format/count.ts";
import { formatInstant } from "../format/instant.ts";
import { toJson } from "../format/json-text.ts";
import { networkWord, rangeWord } from "../format/words.ts";
import type { Start } from "../program.ts";
import type { Style } from "../terminal/style.ts";
import { type Column, printTable } from "../terminal/table.ts";
import { withInventory } from "../with-inventory.ts";
import type { Session } from "../world.ts";

export function addNetworks(program: Command, start: Start): void {
  program
    .command("networks")
    .summary("networks, their definitions and ranges, and how full they are")
    .description(
      `Shows every range that a definition on this node serves: addresses used, free, excluded, withheld and in all.
Used are those that anybody of the network holds, withheld ones included; used + free + excluded = total.`,
    )
    .option("--json", "print JSON, all numbers exact")
    .addHelpText("after", "\nExample:\n  $ berthctl networks\n")
    .action((options: { json?: boolean }) => start((session) => networks(session, options)));
}

function networks(session: Session, { json }: { readonly json?: boolean }): Promise<ExitCode> {
  return withInventory(session, async (inventory) => {
    const { terminal } = session;
    const ranges = inventory.ranges();
    if (json === true) await terminal.write(`${toJson({ ranges: ranges.map(rangeJson) }, 2)}\n`);
    else if (ranges.length === 0) await terminal.tell("No definition with a range was used on this node yet\n");
    else await printTable(terminal, rangeColumns, () => ranges);
    return exitCodes.done;
  });
}

export const rangeColumns: readonly Column<RangeUse>[] = [
  { title: "NETWORK", rank: 0, shrinksTo: 12, text: ({ network }) => networkWord(network) },
  { title: "DEFINITION", rank: 2, shrinksTo: 16, text: ({ definition }) => definition },
  { title: "RANGE", rank: 0, shrinksTo: 18, text: rangeWord },
  { title: "USED", rank: 0, align: "right", text: ({ used }) => formatCount(used) },
  { title: "FREE", rank: 0, align: "right", text: ({ free }) => formatCount(free) },
  { title: "EXCLUDED", rank: 1, align: "right", text: ({ excluded }) => formatCount(excluded) },
  { title: "WITHHELD", rank: 3, align: "right", text: ({ withheld }) => formatCount(withheld) },
  { title: "TOTAL", rank: 0, align: "right", text: ({ total }) => formatCount(total) },
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
    definition,
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
    lastUsed: formatInstant(range.seenMs),
  };
}
