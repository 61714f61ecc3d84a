/**
 * `berthctl release`: gives an address back, carried out by the agent, after a person has seen whose it is.
 *
 * @module
 */
import type { Command } from "commander";
import { formatAddress } from "../../core/ip/address-text.ts";
import type { Address } from "../../core/ip/address.ts";
import type { LeaseRecord } from "../../core/ports/inventory.ts";
import { readAddress, refuseUnknownNetwork } from "../arguments.ts";
import { orderFrom, reachAgent } from "../agent.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { holderWord, networkWord } from "../format/words.ts";
import type { Start } from "../start.ts";
import { type Refusal, refusal, tell } from "../refusal.ts";
import { closedRefusal } from "../with-inventory.ts";
import type { Session } from "../world.ts";

type Options = { readonly network?: string; readonly force?: boolean; readonly yes?: boolean };

export function addRelease(program: Command, start: Start): void {
  program
    .command("release")
    .summary("give an address back")
    .description(
      `Gives an address back whose DEL never came. The agent carries it out, and refuses while the network namespace of
its attachment stands: a pod that still uses the address would share it with the next one (--force).`,
    )
    .argument("<address>", "such as 10.0.0.5 or 2001:db8::5")
    .option("--network <name>", "which network, when several hold the address")
    .option("--force", "also while the network namespace stands")
    .option("--yes", "do not ask; without a terminal nothing is released otherwise")
    .addHelpText("after", "\nExample:\n  $ berthctl release 10.0.0.5 --network blue\n")
    .action((text: string, options: Options) => start((session) => release(session, text, options)));
}

async function release(session: Session, text: string, options: Options): Promise<ExitCode> {
  const { terminal } = session;
  const read = readAddress(text);
  if (read.kind === "refusal") return tell(terminal, read);
  // Before the question: nobody shall answer it in vain.
  const reached = await reachAgent(session);
  if (reached.kind === "refusal") return tell(terminal, reached);
  const meant = leaseMeant(session, read.address, options);
  if (meant.kind === "refusal") return tell(terminal, meant);
  const { place, attempt } = meant.record;
  const address = formatAddress(place.address);
  const what = `${address} of ${ownerWord(meant.record)} (network ${networkWord(place.network)})`;
  const agreed = await agree(session, { what, address }, options);
  if (agreed !== "yes") return agreed;
  const order = { address, network: place.network, force: options.force === true, attempt };
  const done = await orderFrom(session, address, (admin) => admin.release(order));
  if (done.kind === "refusal") return tell(terminal, done);
  await terminal.write(`Released ${what}\n`);
  return exitCodes.done;
}

type Meant = { readonly kind: "meant"; readonly record: LeaseRecord } | Refusal;

function leaseMeant({ world, settings }: Session, address: Address, { network }: Options): Meant {
  const opened = world.openInventory(settings.stateDir);
  if (opened.kind !== "open") return closedRefusal(opened);
  try {
    const unknown = refuseUnknownNetwork(opened.inventory, network);
    if (unknown !== undefined) return unknown;
    const within = { family: address.family, first: address.value, last: address.value };
    const records = [...opened.inventory.leases({ network, within })];
    return chooseLease(formatAddress(address), records);
  } finally {
    opened.close();
  }
}

/** The one lease that can be released; what is withheld or on its way needs something else. */
function chooseLease(text: string, records: readonly LeaseRecord[]): Meant {
  const leases = records.filter(({ state }) => state === "lease" || state === "static");
  const cannot = (expected: string, next: string) =>
    refusal(exitCodes.no, `Cannot release address "${text}": expected ${expected}`, next);
  const [lease] = leases;
  if (lease === undefined) return cannot(...whyNot(text, records[0]));
  const networks = new Set(leases.map(({ place }) => place.network));
  if (networks.size === 1) return { kind: "meant", record: lease };
  const names = [...networks].map((name) => JSON.stringify(name)).join(", ");
  const message = `Cannot release address "${text}": expected --network, because several hold it: ${names}`;
  return refusal(exitCodes.usage, message, `run: berthctl show ${text}`);
}

function whyNot(text: string, record: LeaseRecord | undefined): readonly [expected: string, next: string] {
  const show = `run: berthctl show ${text}`;
  if (record?.state === "withheld") {
    const network = record.place.network === "" ? "" : ` --network ${record.place.network}`;
    return ["a lease, found an address that is withheld", `run: berthctl withhold ${text} --undo${network}`];
  }
  if (record?.state === "freeing") return ["a lease, found one that is on its way back already", show];
  if (record?.state === "intent") return ["a lease, found an ADD that is under way", show];
  return ["an address that is held", show];
}

function ownerWord({ holder }: LeaseRecord): string {
  if (holder === undefined) return "nobody";
  return `${holder.pod === undefined ? "container" : "pod"} ${holder.pod === undefined ? holderWord(holder).slice(1) : holderWord(holder)}`;
}

type Asked = { readonly what: string; readonly address: string };

async function agree({ terminal }: Session, { what, address }: Asked, { yes }: Options): Promise<"yes" | ExitCode> {
  if (yes === true) return "yes";
  if (!terminal.canAsk) {
    const message = `Cannot release address "${address}": expected a terminal to ask on, or --yes`;
    return tell(terminal, refusal(exitCodes.usage, message, `it would release ${what}`));
  }
  const answer = await terminal.ask(`Release ${what}? [y/N] `);
  if (answer !== undefined && /^\s*(?:y|yes)\s*$/i.test(answer)) return "yes";
  await terminal.tell("Nothing was released\n");
  return answer === undefined ? exitCodes.interrupted : exitCodes.no;
}
