/**
 * `berthctl leases`: who holds which address, and how full the ranges of the listing are.
 *
 * @module
 */
import type { Command } from "commander";
import { formatAddress } from "../../core/ip/address-text.ts";
import type { Inventory, LeaseFilter, LeaseRecord, LeaseState, RangeUse } from "../../core/ports/inventory.ts";
import { readSpan, refuseUnknownNetwork } from "../arguments.ts";
import { leaseJson } from "../describe-lease.ts";
import { rangeColumns, rangeJson } from "../describe-range.ts";
import type { ChosenStore } from "../choose-store.ts";
import { refuseUnknownNode } from "../cluster/known-nodes.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { formatInstant } from "../format/instant.ts";
import { toJson } from "../format/json-text.ts";
import { networkWord } from "../../core/kube/range-words.ts";
import { holderWord } from "../format/words.ts";
import type { Start } from "../start.ts";
import { type Refusal, tell } from "../refusal.ts";
import type { Style } from "../terminal/style.ts";
import { type Column, printTable } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type View, withInventory } from "../with-inventory.ts";
import type { Session } from "../world.ts";

type Options = {
  readonly network?: string;
  readonly range?: string;
  readonly node?: string;
  readonly json?: boolean;
};

export function addLeases(program: Command, start: Start): void {
  program
    .command("leases")
    .summary("who holds which address")
    .description(
      `Lists held and withheld addresses in the order of networks and addresses, then the ranges of the listing.
STATE: lease (from a range), static, withheld (by an operator), intent (an ADD under way), freeing (on its way back),
conflict (another has it, too), whereabouts (without a mark of Berth).`,
    )
    .option("--network <name>", 'only this network; "" for the one without a name')
    .option("--range <cidr>", "only addresses inside, such as 10.0.0.0/24 or 10.0.0.5-10.0.0.9/24")
    .option("--node <name>", "only leases of this node")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  $ berthctl leases --network blue --range 10.0.0.0/24\n")
    .action((options: Options) => start((session) => leases(session, options)));
}

async function leases(session: Session, { network, range, node, json }: Options): Promise<ExitCode> {
  const { terminal } = session;
  const read = range === undefined ? undefined : readSpan(range);
  if (read?.kind === "refusal") return tell(terminal, read);
  const filter: LeaseFilter = { network, within: read?.span, node };
  return withInventory(session, { ...filter, detail: "all" }, async (view) => {
    const { inventory, store } = view;
    const unknown = refuseUnknownNetwork(inventory, network) ?? (await unknownNode(view, filter));
    if (unknown !== undefined) return tell(terminal, unknown);
    // Only a whole listing tells how full a range is.
    const ranges = node === undefined ? inventory.ranges().filter((one) => isListed(one, filter)) : [];
    const listing = { store: store.kind, inventory, filter, ranges };
    if (json === true) await printJson(terminal, listing);
    else await printTables(terminal, listing);
    return exitCodes.done;
  });
}

/** An empty answer for a name that is misspelt would look like good news. */
async function unknownNode(view: View, filter: LeaseFilter): Promise<Refusal | undefined> {
  const { node } = filter;
  if (node === undefined) return undefined;
  const [held] = view.inventory.leases({ node });
  return held === undefined ? refuseUnknownNode(view, node) : undefined;
}

type Listing = {
  readonly store: ChosenStore["kind"];
  readonly inventory: Inventory;
  readonly filter: LeaseFilter;
  readonly ranges: readonly RangeUse[];
};

function isListed({ network, first, last }: RangeUse, filter: LeaseFilter): boolean {
  const { within } = filter;
  if (filter.network !== undefined && filter.network !== network) return false;
  if (within === undefined) return true;
  return within.family === first.family && within.first <= last.value && within.last >= first.value;
}

async function printTables(terminal: Terminal, { store, inventory, filter, ranges }: Listing): Promise<void> {
  const shown = store === "embedded" ? columns.filter(({ title }) => title !== "NODE") : columns;
  const count = await printTable(terminal, shown, () => inventory.leases(filter));
  if (count === 0) await terminal.tell("No address is held\n");
  if (count > 0 && ranges.length > 0) await terminal.write("\n");
  await printTable(terminal, rangeColumns, () => ranges);
}

/** Whose it is and where stays longest where there is no room for all. */
const columns: readonly Column<LeaseRecord>[] = [
  { title: "ADDRESS", rank: 0, text: ({ place }) => formatAddress(place.address) },
  { title: "NETWORK", rank: 2, shrinksTo: 16, text: ({ place }) => networkWord(place.network) },
  { title: "POD/CONTAINER", rank: 0, shrinksTo: 24, text: whoHolds },
  { title: "INTERFACE", rank: 3, text: ({ holder }) => holder?.attachment.ifName ?? "" },
  { title: "NODE", rank: 1, shrinksTo: 16, text: ({ holder }) => holder?.node ?? "" },
  { title: "DEFINITION", rank: 5, shrinksTo: 16, text: ({ holder }) => holder?.attachment.definition ?? "" },
  { title: "SINCE", rank: 4, text: ({ sinceMs }) => formatInstant(sinceMs === 0 ? undefined : sinceMs) },
  { title: "STATE", rank: 0, text: ({ state }) => state, style: ({ state }) => styles[state] },
];

const styles: { readonly [state in LeaseState]: Style | undefined } = {
  lease: undefined,
  static: undefined,
  withheld: "attention",
  intent: "quiet",
  freeing: "quiet",
  conflict: "bad",
  whereabouts: "quiet",
};

/** Nobody holds a withheld address: why it is withheld stands in brackets. */
function whoHolds({ holder, reason }: LeaseRecord): string {
  return holder === undefined ? `(${reason})` : holderWord(holder);
}

/** Written lease by lease: 60,000 of them never stand in memory at once. */
async function printJson(terminal: Terminal, { store, inventory, filter, ranges }: Listing): Promise<void> {
  let block = `{\n"store": ${toJson(store)},\n"ranges": ${toJson(ranges.map(rangeJson))},\n"leases": [`;
  let separator = "\n";
  for (const record of inventory.leases(filter)) {
    block += `${separator}${toJson(leaseJson(record))}`;
    separator = ",\n";
    if (block.length < 16_384) continue;
    await terminal.write(block);
    block = "";
  }
  await terminal.write(`${block}\n]\n}\n`);
}
