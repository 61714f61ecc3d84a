/**
 * `berthctl withhold`: keeps an address back from every pool of its network, or gives it back to them.
 *
 * @module
 */
import type { Command } from "commander";
import type { Address } from "../../core/ip/address.ts";
import { formatAddress } from "../../core/ip/address-text.ts";
import type { Inventory } from "../../core/ports/inventory.ts";
import { orderFrom, reachAgent } from "../agent.ts";
import { readAddress, refuseUnknownNetwork } from "../arguments.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { networkWord } from "../format/words.ts";
import { type Holding, holdingsOf } from "../holdings.ts";
import type { Start } from "../start.ts";
import { type Refusal, refusal, tell } from "../refusal.ts";
import { closedRefusal } from "../with-inventory.ts";
import type { Session } from "../world.ts";

type Options = {
  readonly network?: string;
  readonly newNetwork?: boolean;
  readonly reason?: string;
  readonly undo?: boolean;
};

export function addWithhold(program: Command, start: Start): void {
  program
    .command("withhold")
    .summary("keep an address back from every pool, or undo that")
    .description(
      `Keeps an address back from every pool of its network, also over restarts and power cuts, until --undo. Without
--network the network is the only one with a range that contains the address.`,
    )
    .argument("<address>", "such as 10.0.0.5 or 2001:db8::5")
    .option("--reason <text>", "why, for whoever finds it withheld; needed unless --undo")
    .option("--network <name>", 'which network; "" for the one without a name')
    .option("--new-network", "also in a network that nothing is known of here yet")
    .option("--undo", "let it be given again")
    .addHelpText("after", '\nExample:\n  $ berthctl withhold 10.0.0.5 --reason "printer on the third floor"\n')
    .action((text: string, options: Options) => start((session) => withhold(session, text, options)));
}

async function withhold(session: Session, text: string, options: Options): Promise<ExitCode> {
  const { terminal } = session;
  const read = readAddress(text);
  if (read.kind === "refusal") return tell(terminal, read);
  const misused = refuseOptions(options);
  if (misused !== undefined) return tell(terminal, misused);
  const reached = await reachAgent(session);
  if (reached.kind === "refusal") return tell(terminal, reached);
  const meant = networkMeant(session, read.address, options);
  if (meant.kind === "refusal") return tell(terminal, meant);
  const order = { address: formatAddress(read.address), network: meant.network };
  const { reason = "" } = options;
  const done = await orderFrom(session, order.address, (admin) =>
    options.undo === true ? admin.unwithhold(order) : admin.withhold({ ...order, reason }),
  );
  if (done.kind === "refusal") return tell(terminal, done);
  const verb = options.undo === true ? "No longer withheld" : "Withheld";
  await terminal.write(`${verb}: ${done.address} in network ${networkWord(done.network)}\n`);
  if (!meant.isServed)
    await terminal.tell(
      `No range seen here contains it in network ${networkWord(done.network)}: run: berthctl networks\n`,
    );
  return exitCodes.done;
}

function refuseOptions({ reason, undo }: Options): Refusal | undefined {
  const isMissing = undo !== true && (reason === undefined || reason.trim() === "");
  if (!isMissing && (undo !== true || reason === undefined)) return undefined;
  const expected = isMissing ? "a reason, for whoever finds the address withheld" : "no reason beside --undo";
  const message = `Cannot use option "--reason": expected ${expected}`;
  return refusal(exitCodes.usage, message, "run: berthctl withhold --help");
}

type Meant = { readonly kind: "network"; readonly network: string; readonly isServed: boolean } | Refusal;

function networkMeant({ world, settings }: Session, address: Address, options: Options): Meant {
  const opened = world.openInventory(settings.stateDir);
  if (opened.kind !== "open") return closedRefusal(opened);
  try {
    return chooseNetwork(opened.inventory, address, { ...options, nowMs: world.clock.nowMs() });
  } finally {
    opened.close();
  }
}

const newHint = "for a network that is not used here yet: --new-network";

/** Never guessed: an address withheld in a network that nobody uses would look withheld, and be given. */
function chooseNetwork(inventory: Inventory, address: Address, options: Options & { readonly nowMs: number }): Meant {
  const { network, undo, nowMs } = options;
  const unknown = options.newNetwork === true ? undefined : refuseUnknownNetwork(inventory, network);
  if (unknown !== undefined) return { ...unknown, next: [...unknown.next, ...(undo === true ? [] : [newHint])] };
  const holdings = holdingsOf(inventory, address, { network, nowMs });
  const isServed = ({ ranges }: Holding) => ranges.length > 0;
  if (network !== undefined) return { kind: "network", network, isServed: holdings.some(isServed) };
  const isWithheld = ({ records }: Holding) => records.some(({ state }) => state === "withheld");
  const candidates = holdings.filter(undo === true ? isWithheld : isServed);
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1)
    return { kind: "network", network: only.network, isServed: isServed(only) };
  const text = formatAddress(address);
  const names = candidates.map((one) => JSON.stringify(one.network)).join(", ");
  if (names === "" && undo === true) {
    const message = `Cannot give back address "${text}": expected an address that is withheld`;
    return refusal(exitCodes.no, message, `run: berthctl show ${text}`);
  }
  const expected = names === "" ? "--network, because no range seen here contains it" : `--network, one of: ${names}`;
  const next = names === "" ? "run: berthctl networks" : `run: berthctl show ${text}`;
  return refusal(exitCodes.usage, `Cannot withhold address "${text}": expected ${expected}`, next);
}
