/**
 * `berthctl show`: who holds an address; or, when nobody does, what is known of it.
 *
 * @module
 */
import type { Command } from "commander";
import { shorten } from "../../core/failure/failure.ts";
import { judge } from "../../core/flow/evidence.ts";
import { formatAddress } from "../../core/ip/address-text.ts";
import type { LeaseRecord } from "../../core/ports/inventory.ts";
import { readAddress, refuseUnknownNetwork } from "../arguments.ts";
import type { ChosenStore } from "../choose-store.ts";
import { leaseJson } from "../describe-lease.ts";
import { recordFacts, type Sight } from "../record-facts.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { formatInstant } from "../format/instant.ts";
import { toJson } from "../format/json-text.ts";
import { networkWord, rangeWord } from "../../core/kube/range-words.ts";
import { type Holding, holdingsOf, type RangeRole } from "../holdings.ts";
import type { Start } from "../start.ts";
import { refusal, tell } from "../refusal.ts";
import { type Fact, factLines } from "../terminal/facts.ts";
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
    const shown = await Promise.all(holdings.map((holding) => judged(session, store, holding)));
    const isHeld = holdings.some(({ records }) => records.length > 0);
    const name = formatAddress(address);
    const answer = { store: store.kind, address: name, networks: shown.map(holdingJson) };
    if (json === true) await terminal.write(`${toJson(answer, 2)}\n`);
    else await terminal.write(shown.map((one) => holdingText(session, name, one)).join("\n"));
    if (isHeld) return exitCodes.done;
    if (json === true || holdings.length > 0) return exitCodes.no;
    const message = `Cannot find address "${shorten(name)}": expected an address that is held, or that a range contains`;
    return tell(terminal, refusal(exitCodes.no, message, "run: berthctl networks"));
  });
}

type Judged = Holding & { readonly verdicts: readonly Sight[] };

async function judged({ world }: Session, store: ChosenStore, holding: Holding): Promise<Judged> {
  const look = async ({ holder }: LeaseRecord): Promise<Sight> => {
    if (holder === undefined) return undefined;
    const isHere = store.kind === "embedded" || store.status?.node === holder.node;
    return isHere ? judge(world.namespaces, world.clock, holder.evidence) : { kind: "elsewhere" };
  };
  return { ...holding, verdicts: await Promise.all(holding.records.map(look)) };
}

function holdingText(
  session: Session,
  address: string,
  { network, records, ranges, resting, verdicts }: Judged,
): string {
  const where = ranges.map(({ range, role }): Fact => {
    const words = records.length === 0 || role !== "givable" ? `: ${roleWords[role]}` : "";
    const whose = range.definition === "" ? "of no definition" : `of definition ${range.definition}`;
    return ["range", `${rangeWord(range)} ${whose}${words}`];
  });
  const rests = resting.map(({ untilMs }): Fact => ["resting", `until ${formatInstant(untilMs)} (reuse_after)`]);
  const nobody: readonly Fact[] = records.length === 0 ? [["held by", "nobody"]] : [];
  const nowMs = session.world.clock.nowMs();
  const held = records.flatMap((record, index) => recordFacts(record, verdicts[index], nowMs));
  const heading = `${address} in network ${networkWord(network)}`;
  return factLines(session.terminal, heading, [...nobody, ...held, ...where, ...rests]);
}

const roleWords: { readonly [role in RangeRole]: string } = {
  givable: "free to be given",
  excluded: "excluded, never given",
  gateway: "its gateway, never given",
};

function holdingJson({ network, records, ranges, resting, verdicts }: Judged) {
  return {
    network,
    holders: records.map((record, index) => ({ ...leaseJson(record), namespaceNow: verdicts[index]?.kind ?? null })),
    ranges: ranges.map(({ range, role }) => ({ range: range.pool, definition: range.definition, role })),
    restingUntil: resting[0] === undefined ? null : formatInstant(resting[0].untilMs),
  };
}
