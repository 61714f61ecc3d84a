/**
 * `berthctl import --check`: compares pools, reservations and pods, and says what Berth makes of each difference.
 *
 * @module
 */
import type { Command } from "commander";
import { formatAddress } from "../../core/ip/address-text.ts";
import { type Checked, checkImport } from "../../core/migrate/check-import.ts";
import type { Difference } from "../../core/migrate/difference.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { toJson } from "../format/json-text.ts";
import { networkWord } from "../../core/kube/range-words.ts";
import { countWord } from "../format/words.ts";
import { tellUnreachable, withMigrate } from "../migrate/open-migrate.ts";
import { entriesWord } from "../migrate/words.ts";
import type { Start } from "../start.ts";
import { refusal, tell } from "../refusal.ts";
import { type Fact, factLines } from "../terminal/facts.ts";
import { type Column, fitsWhole, printTable } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { visible } from "../terminal/visible.ts";
import type { Session } from "../world.ts";

type Options = { readonly check?: boolean; readonly json?: boolean };

export function addImport(program: Command, start: Start): void {
  program
    .command("import")
    .summary("compare pools, reservations and pods of a cluster")
    .description(
      `Compares the cluster's pools, reservations and pods, and prints for each difference what Berth makes of it and what a person
has to do. Agents import by themselves; this only looks. Exit code 1 when something is left for a person.`,
    )
    .option("--check", "look, and change nothing; needed")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  $ berthctl import --check\n")
    .action((options: Options) => start((session) => importCheck(session, options)));
}

function importCheck(session: Session, { check, json }: Options): Promise<ExitCode> {
  if (check !== true) {
    const message = `Cannot use command "import": expected --check, because agents import by themselves`;
    return tell(session.terminal, refusal(exitCodes.usage, message, "run: berthctl import --check"));
  }
  return withMigrate(session, async (needs) => {
    const checked = await checkImport(needs);
    if (checked.kind === "unreachable") return tellUnreachable(session, checked);
    if (json === true) await session.terminal.write(`${toJson(checkedJson(checked), 2)}\n`);
    else await printChecked(session, checked);
    return checked.differences.some(({ run }) => run !== undefined) ? exitCodes.no : exitCodes.done;
  });
}

async function printChecked({ terminal }: Session, checked: Checked): Promise<void> {
  const { differences, pools, entries, reservations } = checked;
  if (fitsWhole(terminal, columns, differences)) await printTable(terminal, columns, () => differences);
  else await terminal.write(differences.map((one) => block(terminal, one)).join(""));
  const left = differences.filter(({ run }) => run !== undefined).length;
  const compared = `${countWord(pools, "pool")}, ${entriesWord(entries)}, ${countWord(reservations, "reservation")}`;
  await terminal.tell(`${compared}: ${countWord(differences.length, "difference")}, ${left} of them for a person\n`);
}

const columns: readonly Column<Difference>[] = [
  { title: "ADDRESS", rank: 0, text: ({ address }) => (address === undefined ? "" : formatAddress(address)) },
  { title: "NETWORK", rank: 2, shrinksTo: 16, text: ({ network }) => networkWord(network) },
  { title: "KIND", rank: 0, text: ({ kind }) => kind },
  { title: "OBJECT", rank: 3, shrinksTo: 24, text: ({ object }) => object },
  { title: "DIFFERENCE", rank: 1, shrinksTo: 24, text: ({ text }) => text },
  { title: "BERTH", rank: 1, shrinksTo: 24, text: ({ berth }) => berth },
  { title: "RUN", rank: 1, shrinksTo: 24, text: ({ run = "" }) => run, style: () => "attention" },
];

/** Where the table has no room: everything is there, and what to run stands whole on a line of its own, to be copied. */
function block(terminal: Terminal, { address, network, kind, object, text, berth, run }: Difference): string {
  const where = address === undefined ? object : `${formatAddress(address)} in network ${networkWord(network)}`;
  const facts: readonly Fact[] = [
    ...(address === undefined ? [] : [["object", object] as const]),
    ["difference", text],
    ["berth", berth],
  ];
  const next = run === undefined ? "" : `  → ${visible(run)}\n`;
  return `${factLines(terminal, `${where}: ${kind}`, facts)}${next}\n`;
}

function checkedJson({ differences, pools, entries, reservations }: Checked): object {
  return {
    pools,
    entries,
    reservations,
    differences: differences.map(({ address, run = null, ...rest }) => ({
      address: address === undefined ? null : formatAddress(address),
      ...rest,
      run,
    })),
  };
}
