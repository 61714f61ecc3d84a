/**
 * `berthctl show`: who holds an address; or, when nobody does, what is known of it.
 *
 * @module
 */
import type { Command } from "commander";
import { shorten } from "../../core/failure/failure.ts";
import { judge, type Verdict } from "../../core/flow/evidence.ts";
import { formatAddress } from "../../core/ip/address-text.ts";
import type { LeaseRecord } from "../../core/ports/inventory.ts";
import type { Holder } from "../../core/ports/holder.ts";
import { readAddress, refuseUnknownNetwork } from "../arguments.ts";
import { leaseJson } from "../describe-lease.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { formatAge, formatInstant } from "../format/instant.ts";
import { toJson } from "../format/json-text.ts";
import { networkWord, rangeWord } from "../format/words.ts";
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
  return withInventory(session, async (inventory) => {
    const unknown = refuseUnknownNetwork(inventory, network);
    if (unknown !== undefined) return tell(terminal, unknown);
    const holdings = holdingsOf(inventory, address, { network, nowMs: world.clock.nowMs() });
    const shown = await Promise.all(holdings.map((holding) => judged(session, holding)));
    const isHeld = holdings.some(({ records }) => records.length > 0);
    const name = formatAddress(address);
    if (json === true) await terminal.write(`${toJson({ address: name, networks: shown.map(holdingJson) }, 2)}\n`);
    else await terminal.write(shown.map((one) => holdingText(session, name, one)).join("\n"));
    if (isHeld) return exitCodes.done;
    if (json === true || holdings.length > 0) return exitCodes.no;
    const message = `Cannot find address "${shorten(name)}": expected an address that is held, or that a range contains`;
    return tell(terminal, refusal(exitCodes.no, message, "run: berthctl networks"));
  });
}

type Judged = Holding & { readonly verdicts: readonly (Verdict | undefined)[] };

async function judged({ world }: Session, holding: Holding): Promise<Judged> {
  const look = async ({ holder }: LeaseRecord) =>
    holder === undefined ? undefined : judge(world.namespaces, world.clock, holder.evidence);
  return { ...holding, verdicts: await Promise.all(holding.records.map(look)) };
}

function holdingText(
  session: Session,
  address: string,
  { network, records, ranges, resting, verdicts }: Judged,
): string {
  const where = ranges.map(({ range, role }): Fact => {
    const words = records.length === 0 || role !== "givable" ? `: ${roleWords[role]}` : "";
    return ["range", `${rangeWord(range)} of definition ${range.definition}${words}`];
  });
  const rests = resting.map(({ untilMs }): Fact => ["resting", `until ${formatInstant(untilMs)} (reuse_after)`]);
  const nobody: readonly Fact[] = records.length === 0 ? [["held by", "nobody"]] : [];
  const held = records.flatMap((record, index) => recordFacts(session, record, verdicts[index]));
  const heading = `${address} in network ${networkWord(network)}`;
  return factLines(session.terminal, heading, [...nobody, ...held, ...where, ...rests]);
}

const roleWords: { readonly [role in RangeRole]: string } = {
  givable: "free to be given",
  excluded: "excluded, never given",
  gateway: "its gateway, never given",
};

function recordFacts({ world }: Session, record: LeaseRecord, verdict: Verdict | undefined): readonly Fact[] {
  const { holder, state, sinceMs, answeredMs, reason } = record;
  const since = `${formatInstant(sinceMs)} (${formatAge(world.clock.nowMs() - sinceMs)} ago)`;
  if (holder === undefined || verdict === undefined) {
    return [
      ["held by", "nobody: withheld by an operator"],
      ["reason", reason],
      ["since", since],
    ];
  }
  const { attachment } = holder;
  return [
    ["held by", holderText(holder)],
    ["state", reason === "" ? state : `${state} (${reason})`],
    ["since", since],
    ["answered", answeredMs === undefined ? "no answer is on record" : formatInstant(answeredMs)],
    ["container", attachment.containerId],
    ["interface", attachment.ifName],
    ["definition", attachment.definition],
    ["node", holder.node],
    ["namespace", `${holder.evidence.path}: ${verdictText(verdict)}`],
    ["attempt", record.attempt],
  ];
}

function holderText({ pod }: Holder): string {
  if (pod === undefined) return "a container that names no pod";
  return `pod ${pod.namespace}/${pod.name}${pod.uid === undefined ? "" : ` (uid ${pod.uid})`}`;
}

function verdictText(verdict: Verdict): string {
  switch (verdict.kind) {
    case "stands":
      return "stands";
    case "gone":
      return `has gone (${verdict.why}): the next sweep frees the address`;
    case "earlier boot":
      return "ended with an earlier boot: kept for its pod, then swept";
    case "unproven":
      return `not known (${verdict.why}): the address is kept`;
    default:
      return verdict satisfies never;
  }
}

function holdingJson({ network, records, ranges, resting, verdicts }: Judged) {
  return {
    network,
    holders: records.map((record, index) => ({ ...leaseJson(record), namespaceNow: verdicts[index]?.kind ?? null })),
    ranges: ranges.map(({ range, role }) => ({ range: range.pool, definition: range.definition, role })),
    restingUntil: resting[0] === undefined ? null : formatInstant(resting[0].untilMs),
  };
}
