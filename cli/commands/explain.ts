/**
 * `berthctl explain`: who holds an address, by which evidence it is kept or comes back, and when; or why nobody can have it.
 *
 * @module
 */
import type { Command } from "commander";
import { shorten } from "../../core/failure/failure.ts";
import { formatAddress } from "../../core/ip/address-text.ts";
import { readAddress, refuseUnknownNetwork } from "../arguments.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { type Explained, explainRecords } from "../explain/explain-records.ts";
import { outcomeFacts } from "../explain/outcome.ts";
import { toJson } from "../format/json-text.ts";
import { type Holding, holdingsOf } from "../holdings.ts";
import { readOutput } from "../output-format.ts";
import { refusal, tell } from "../refusal.ts";
import { holdingJson, holdingText, seeHolding, type SeenHolding } from "../see-holding.ts";
import type { Start } from "../start.ts";
import type { Fact } from "../terminal/facts.ts";
import { withInventory } from "../with-inventory.ts";
import type { Session } from "../world.ts";

type Options = { readonly network?: string; readonly output?: string };

export function addExplain(program: Command, start: Start): void {
  program
    .command("explain")
    .summary("why an address is held, or comes back, or cannot be given")
    .description(
      [
        "Says who holds an address, by which evidence it is kept or would be freed, by whom, and when; what the agent's",
        "journal and Multus say of it; and what only a person can do. Reconcilers judge by the same evidence. When nobody holds",
        "it: why it may not be given. Exit code 1 when nobody holds it.",
      ].join(" "),
    )
    .argument("<address>", "such as 10.0.0.5 or 2001:db8::5")
    .option("--network <name>", 'only this network; "" for the one without a name')
    .option("--output <format>", "text or json")
    .addHelpText("after", "\nExample:\n  $ berthctl explain 10.0.0.5\n")
    .action((text: string, options: Options) => start((session) => explain(session, text, options)));
}

type Whole = { readonly seen: SeenHolding; readonly explained: readonly Explained[] };

async function explain(session: Session, text: string, { network, output }: Options): Promise<ExitCode> {
  const { terminal, world } = session;
  const format = readOutput(output);
  const read = readAddress(text);
  if (format.kind === "refusal") return tell(terminal, format);
  if (read.kind === "refusal") return tell(terminal, read);
  const { address } = read;
  const within = { family: address.family, first: address.value, last: address.value };
  return withInventory(session, { network, within, detail: "one" }, async (view) => {
    const unknown = refuseUnknownNetwork(view.inventory, network);
    if (unknown !== undefined) return tell(terminal, unknown);
    const holdings = holdingsOf(view.inventory, address, { network, nowMs: world.clock.nowMs() });
    const all: Whole[] = [];
    for (const holding of holdings) {
      const seen = await seeHolding(session, view.store, holding);
      all.push({ seen, explained: await explainRecords(session, view, seen) });
    }
    const name = formatAddress(address);
    if (format.format === "json") await terminal.write(`${toJson(asJson(view.store.kind, name, all), 2)}\n`);
    else await terminal.write(all.map((one) => asText(session, name, one)).join("\n"));
    if (holdings.some(({ records }) => records.length > 0)) return exitCodes.done;
    if (format.format === "json" || holdings.length > 0) return exitCodes.no;
    const message = `Cannot explain address "${shorten(name)}": expected one that is held, or that a range contains`;
    return tell(terminal, refusal(exitCodes.no, message, "no ADD is given it; the ranges: berthctl networks"));
  });
}

function asText(session: Session, address: string, { seen, explained }: Whole): string {
  const more = explained.map((one): readonly Fact[] => [
    ...(one.journal === "" ? [] : [["journal", one.journal] as const]),
    ...(one.multus === "" ? [] : [["Multus", one.multus] as const]),
    ...outcomeFacts(one.outcome),
  ]);
  const text = holdingText(session, { address, more }, seen);
  const free = freeText(seen);
  return free === "" ? text : `${text}  ${free}\n`;
}

/** Of an address that nobody holds: whether an ADD may get it. */
function freeText({ records, ranges, resting }: Holding): string {
  if (records.length > 0) return "";
  if (!ranges.some(({ role }) => role === "givable"))
    return ranges.length === 0 ? "No range contains it: no ADD is given it" : "No range gives it: no ADD is given it";
  return resting.length > 0 ? "An ADD is given it only when nothing else is free" : "The next ADD may be given it";
}

function asJson(store: string, address: string, all: readonly Whole[]) {
  const networks = all.map(({ seen, explained }) => {
    const { holders, ...rest } = holdingJson(seen);
    return {
      ...rest,
      holders: holders.map((holder, at) => {
        const one = explained[at];
        return { ...holder, ...one?.outcome, journal: one?.journal || null, multus: one?.multus || null };
      }),
      givable: seen.records.length === 0 && seen.ranges.some(({ role }) => role === "givable"),
    };
  });
  return { store, address, networks };
}
