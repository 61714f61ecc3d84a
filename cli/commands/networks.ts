/**
 * `berthctl networks`: every network and definition with its ranges, and how full they are.
 *
 * @module
 */
import type { Command } from "commander";
import { rangeColumns, rangeJson } from "../describe-range.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { toJson } from "../format/json-text.ts";
import { forgottenAfterDays, leftOutLine, recentRanges } from "../recent-ranges.ts";
import type { Start } from "../start.ts";
import { printTable } from "../terminal/table.ts";
import { withInventory } from "../with-inventory.ts";
import type { Session } from "../world.ts";

type Options = { readonly all?: boolean; readonly json?: boolean };

export function addNetworks(program: Command, start: Start): void {
  program
    .command("networks")
    .summary("networks, their definitions and ranges, and how full they are")
    .description(
      `Shows every range that a definition on this node serves: addresses used, free, excluded, withheld and in all.
Used are those that anybody of the network holds, withheld ones included; used + free + excluded = total.
Left out are definitions that were not used for ${forgottenAfterDays} days and of which nothing is held.`,
    )
    .option("--all", "also definitions that were not used for long; JSON always has them")
    .option("--json", "print JSON, all numbers exact")
    .addHelpText("after", "\nExample:\n  $ berthctl networks\n")
    .action((options: Options) => start((session) => networks(session, options)));
}

function networks(session: Session, { all, json }: Options): Promise<ExitCode> {
  return withInventory(session, async (inventory) => {
    const { terminal, world } = session;
    const isWhole = all === true || json === true;
    const { shown, leftOut } = isWhole
      ? { shown: inventory.ranges(), leftOut: 0 }
      : recentRanges(inventory, world.clock.nowMs());
    if (json === true) await terminal.write(`${toJson({ ranges: shown.map(rangeJson) }, 2)}\n`);
    else if (shown.length + leftOut === 0)
      await terminal.tell("No definition with a range was used on this node yet\n");
    else await printTable(terminal, rangeColumns, () => shown);
    await terminal.tell(leftOutLine(leftOut));
    return exitCodes.done;
  });
}
