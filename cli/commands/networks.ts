/**
 * `berthctl networks`: every network and definition with its ranges, and how full they are.
 *
 * @module
 */
import type { Command } from "commander";
import { rangeColumns, rangeJson } from "../describe-range.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { toJson } from "../format/json-text.ts";
import type { Start } from "../start.ts";
import { printTable } from "../terminal/table.ts";
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
