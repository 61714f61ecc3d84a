/**
 * `berthctl show`: who holds an address; or, when nobody does, what is known of it.
 *
 * @module
 */
import type { Command } from "commander";
import { shorten } from "../../core/failure/failure.ts";
import { formatAddress } from "../../core/ip/address-text.ts";
import { readAddress, refuseUnknownNetwork } from "../arguments.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { toJson } from "../format/json-text.ts";
import { holdingsOf } from "../holdings.ts";
import { refusal, tell } from "../refusal.ts";
import { holdingJson, holdingText, seeHolding } from "../see-holding.ts";
import type { Start } from "../start.ts";
import { withInventory } from "../with-inventory.ts";
import type { Session } from "../world.ts";

type Options = { readonly network?: string; readonly json?: boolean };

export function addShow(program: Command, start: Start): void {
  program
    .command("show")
    .summary("who holds an address, since when, and whether it still stands")
    .description(
      `Shows who holds an address, and whether its network namespace stands now. When nobody holds it: which ranges
contain it, and whether it is excluded, a gateway, or rests. Exit code 1 when nobody holds it.`,
    )
    .argument("<address>", "such as 10.0.0.5 or 2001:db8::5")
    .option("--network <name>", 'only this network; "" for the one without a name')
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  $ berthctl show 10.0.0.5\n")
    .action((text: string, options: Options) => start((session) => show(session, text, options)));
}

async function show(session: Session, text: string, { network, json }: Options): Promise<ExitCode> {
  const { terminal, world } = session;
  const read = readAddress(text);
  if (read.kind === "refusal") return tell(terminal, read);
  const { address } = read;
  const within = { family: address.family, first: address.value, last: address.value };
  return withInventory(session, { network, within, detail: "one" }, async (view) => {
    const { inventory, store } = view;
    const unknown = refuseUnknownNetwork(inventory, network);
    if (unknown !== undefined) return tell(terminal, unknown);
    const holdings = holdingsOf(inventory, address, { network, nowMs: world.clock.nowMs() });
    const shown = await Promise.all(holdings.map((holding) => seeHolding(session, store, holding)));
    const isHeld = holdings.some(({ records }) => records.length > 0);
    const name = formatAddress(address);
    const answer = { store: store.kind, address: name, networks: shown.map(holdingJson) };
    if (json === true) await terminal.write(`${toJson(answer, 2)}\n`);
    else await terminal.write(shown.map((one) => holdingText(session, { address: name }, one)).join("\n"));
    if (isHeld) return exitCodes.done;
    if (json === true || holdings.length > 0) return exitCodes.no;
    const message = `Cannot find address "${shorten(name)}": expected an address that is held, or that a range contains`;
    return tell(terminal, refusal(exitCodes.no, message, "run: berthctl networks"));
  });
}
