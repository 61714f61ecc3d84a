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
      `Shows every range that a definition serves, on this node or in the cluster: addresses used, free, excluded, withheld
and in all. Used are those that anybody of the network holds, withheld ones included; used + free + excluded = total. On
one node, definitions that were not used for ${forgottenAfterDays} days and of which nothing is held are left out; in a
cluster, pools that no definition serves are shown, too.`,
    )
    .option("--all", "also definitions that were not used for long; JSON always has them")
    .option("--json", "print JSON, all numbers exact")
    .addHelpText("after", "\nExample:\n  $ berthctl networks\n")
    .action((options: Options) => start((session) => networks(session, options)));
}

function networks(session: Session, { all, json }: Options): Promise<ExitCode> {
  return withInventory(session, { detail: "counts" }, async ({ inventory, store }) => {
    const { terminal, world } = session;
    const isWhole = all === true || json === true;
    const { shown, leftOut } = isWhole
      ? { shown: inventory.ranges(), leftOut: 0 }
      : recentRanges(inventory, world.clock.nowMs());
    if (json === true) await terminal.write(`${toJson({ store: store.kind, ranges: shown.map(rangeJson) }, 2)}\n`);
    else if (shown.length + leftOut === 0) await terminal.tell(nothingWords[store.kind]);
    else await printTable(terminal, rangeColumns, () => shown);
    await terminal.tell(leftOutLine(leftOut));
    return exitCodes.done;
  });
}

const nothingWords = {
  embedded: "No definition with a range was used on this node yet\n",
  kubernetes: "No NetworkAttachmentDefinition with a range of Berth or Whereabouts, and no pool\n",
};
