/**
 * `berthctl withhold`: keeps an address back from every pool of its network, or gives it back to them.
 *
 * @module
 */
import type { Command } from "commander";
import type { Address } from "../../core/ip/address.ts";
import { formatAddress } from "../../core/ip/address-text.ts";
import { orderFrom, reachAgent } from "../agent.ts";
import { chooseNetwork, type NetworkMeant, type WithholdOptions } from "../choose-network.ts";
import { chooseStore } from "../choose-store.ts";
import { tellWithheld, withholdInCluster } from "../cluster/withhold.ts";
import { readAddress } from "../arguments.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import type { Start } from "../start.ts";
import { type Refusal, refusal, tell } from "../refusal.ts";
import { closedRefusal } from "../with-inventory.ts";
import type { Session } from "../world.ts";

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
    .action((text: string, options: WithholdOptions) => start((session) => withhold(session, text, options)));
}

async function withhold(session: Session, text: string, options: WithholdOptions): Promise<ExitCode> {
  const { terminal } = session;
  const read = readAddress(text);
  if (read.kind === "refusal") return tell(terminal, read);
  const misused = refuseOptions(options);
  if (misused !== undefined) return tell(terminal, misused);
  const store = await chooseStore(session);
  if (store.kind === "refusal") return tell(terminal, store);
  if (store.kind === "kubernetes") return withholdInCluster(session, read.address, options);
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
  return tellWithheld(session, done, { ...meant, ...options });
}

function refuseOptions({ reason, undo }: WithholdOptions): Refusal | undefined {
  const isMissing = undo !== true && (reason === undefined || reason.trim() === "");
  if (!isMissing && (undo !== true || reason === undefined)) return undefined;
  const expected = isMissing ? "a reason, for whoever finds the address withheld" : "no reason beside --undo";
  const message = `Cannot use option "--reason": expected ${expected}`;
  return refusal(exitCodes.usage, message, "run: berthctl withhold --help");
}

function networkMeant({ world, settings }: Session, address: Address, options: WithholdOptions): NetworkMeant {
  const opened = world.openInventory(settings.stateDir);
  if (opened.kind !== "open") return closedRefusal(opened);
  try {
    return chooseNetwork(opened.inventory, address, { ...options, nowMs: world.clock.nowMs() });
  } finally {
    opened.close();
  }
}
