/**
 * `berthctl release`: gives an address back, carried out by the agent, after a person has seen whose it is.
 *
 * @module
 */
import type { Command } from "commander";
import { formatAddress } from "../../core/ip/address-text.ts";
import type { Address } from "../../core/ip/address.ts";
import type { Inventory, LeaseRecord } from "../../core/ports/inventory.ts";
import type { Place } from "../../core/ports/store.ts";
import { readAddress, readPool, refuseUnknownNetwork } from "../arguments.ts";
import { orderFrom, reachAgent } from "../agent.ts";
import { agree } from "../agree.ts";
import { chooseStore } from "../choose-store.ts";
import { otherNode } from "../cluster/other-node.ts";
import { releaseNode } from "../cluster/release-node.ts";
import { chooseHolder, type HolderChoice, type Meant } from "../choose-holder.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { networkWord } from "../../core/kube/range-words.ts";
import { holderWord } from "../format/words.ts";
import type { Start } from "../start.ts";
import { refusal, tell } from "../refusal.ts";
import { closedRefusal, withInventory } from "../with-inventory.ts";
import type { Session } from "../world.ts";

type Options = {
  readonly network?: string;
  readonly container?: string;
  readonly range?: string;
  readonly node?: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly yes?: boolean;
};

export function addRelease(program: Command, start: Start): void {
  program
    .command("release")
    .summary("give an address back")
    .description(
      `Gives an address back whose DEL never came. The agent carries it out, and refuses while the network namespace of
its attachment stands: a pod that still uses the address would share it with the next one (--force). In a cluster that is
the agent of the lease's node: run elsewhere, it says where to run it. --node gives back what a node held that is gone,
except what pods still have that Kubernetes has not removed.`,
    )
    .argument("[address]", "such as 10.0.0.5 or 2001:db8::5")
    .option("--network <name>", "which network, when several hold the address")
    .option("--range <cidr>", "which range, where each range of the network may hold it (overlapping ranges are off)")
    .option("--container <id>", "whose: the id of the container, or its beginning")
    .option("--node <name>", "in place of an address: all leases of this node, which is gone")
    .option("--dry-run", "with --node: print what would be released")
    .option("--force", "also while the network namespace stands; with --node: while node or pods are there")
    .option("--yes", "do not ask; without a terminal nothing is released otherwise")
    .addHelpText("after", "\nExample:\n  $ berthctl release 10.0.0.5 --network blue\n")
    .action((text: string | undefined, options: Options) => start((session) => release(session, text, options)));
}

function release(session: Session, text: string | undefined, options: Options): Promise<ExitCode> {
  const { node, network, range, container, dryRun } = options;
  const isOfAddress = [text, network, range, container].some((one) => one !== undefined);
  if (node !== undefined && !isOfAddress) return releaseNode(session, node, options);
  if (node === undefined && text !== undefined && dryRun === undefined) return releaseAddress(session, text, options);
  const message =
    "Cannot release: expected an address, or --node alone, which --yes, --force and --dry-run may stand beside";
  return tell(session.terminal, refusal(exitCodes.usage, message, "run: berthctl release --help"));
}

async function releaseAddress(session: Session, text: string, options: Options): Promise<ExitCode> {
  const { terminal } = session;
  const read = readAddress(text);
  if (read.kind === "refusal") return tell(terminal, read);
  const range = options.range === undefined ? undefined : readPool(options.range);
  if (range?.kind === "refusal") return tell(terminal, range);
  const store = await chooseStore(session);
  if (store.kind === "refusal") return tell(terminal, store);
  const wanted = { ...options, pool: range?.pool };
  if (store.kind === "kubernetes") return releaseInCluster(session, read.address, wanted);
  // Before the question: nobody shall answer it in vain.
  const reached = await reachAgent(session);
  if (reached.kind === "refusal") return tell(terminal, reached);
  const opened = session.world.openInventory(session.settings.stateDir);
  if (opened.kind !== "open") return tell(terminal, closedRefusal(opened));
  const meant = leaseMeant(opened.inventory, read.address, wanted);
  opened.close();
  return meant.kind === "refusal" ? tell(terminal, meant) : order(session, meant.record, wanted);
}

/** Only the agent of its own node can tell whether the lease's namespace stands (P21). */
function releaseInCluster(session: Session, address: Address, wanted: Wanted): Promise<ExitCode> {
  const { terminal } = session;
  const within = { family: address.family, first: address.value, last: address.value };
  return withInventory(session, { within, detail: "one" }, async ({ inventory, store, cluster }) => {
    const meant = leaseMeant(inventory, address, wanted);
    if (meant.kind === "refusal") return tell(terminal, meant);
    const { record } = meant;
    const node = record.holder?.node;
    if (store.status !== undefined && store.status.node === node) return order(session, record, wanted);
    return cluster === undefined ? exitCodes.no : tell(terminal, await otherNode(cluster, record));
  });
}

async function order(session: Session, record: LeaseRecord, options: Wanted): Promise<ExitCode> {
  const { terminal } = session;
  const { place, attempt } = record;
  const address = formatAddress(place.address);
  const what = `${address} of ${ownerWord(record)} (${placeWord(place)})`;
  const agreed = await agree(session, { what, thing: "address", value: address }, options);
  if (agreed !== "yes") return agreed;
  const body = { address, network: place.network, force: options.force === true, attempt };
  const done = await orderFrom(session, address, (admin) => admin.release(body));
  if (done.kind === "refusal") return tell(terminal, done);
  await terminal.write(`Released ${what}\n`);
  return exitCodes.done;
}

type Wanted = HolderChoice & Omit<Options, "range" | "container">;

function leaseMeant(inventory: Inventory, address: Address, wanted: Wanted): Meant {
  const unknown = refuseUnknownNetwork(inventory, wanted.network);
  if (unknown !== undefined) return unknown;
  const within = { family: address.family, first: address.value, last: address.value };
  const records = [...inventory.leases({ network: wanted.network, within })];
  return chooseLease(formatAddress(address), records, wanted);
}

/** The one lease that can be released; what is withheld or on its way needs something else. */
function chooseLease(text: string, records: readonly LeaseRecord[], wanted: HolderChoice): Meant {
  const leases = records.filter(({ state }) => state === "lease" || state === "static" || state === "conflict");
  if (leases.length > 0) return chooseHolder(text, leases, wanted);
  const [expected, next] = whyNot(text, records[0]);
  return refusal(exitCodes.no, `Cannot release address "${text}": expected ${expected}`, next);
}

function whyNot(text: string, record: LeaseRecord | undefined): readonly [expected: string, next: string] {
  const show = `run: berthctl show ${text}`;
  if (record?.state === "withheld") {
    const network = record.place.network === "" ? "" : ` --network ${record.place.network}`;
    return ["a lease, found an address that is withheld", `run: berthctl withhold ${text} --undo${network}`];
  }
  if (record?.state === "freeing") return ["a lease, found one that is on its way back already", show];
  if (record?.state === "intent") return ["a lease, found an ADD that is under way", show];
  if (record?.state === "whereabouts")
    return [
      "a lease of Berth, found one of Whereabouts, which frees it when its pod ends",
      "run: berthctl import --check",
    ];
  return ["an address that is held", show];
}

/** The range only where it tells holders of one network apart. */
function placeWord({ network, pool, overlapping }: Place): string {
  return `network ${networkWord(network)}${overlapping || pool === "" ? "" : `, range ${pool}`}`;
}

function ownerWord({ holder }: LeaseRecord): string {
  if (holder === undefined) return "nobody";
  return `${holder.pod === undefined ? "container" : "pod"} ${holder.pod === undefined ? holderWord(holder).slice(1) : holderWord(holder)}`;
}
