/**
 * `berthctl check-config`: what Berth makes of a network definition, without an agent and without changing anything.
 *
 * @module
 */
import type { Command } from "commander";
import type { Definition, Fault } from "../../core/config/definition.ts";
import { faultsTitle, formatFault } from "../../core/config/faults-text.ts";
import { flatPaths } from "../../core/config/flat-paths.ts";
import { loadDefinition } from "../../core/config/load.ts";
import { shorten } from "../../core/failure/failure.ts";
import type { FlatFile } from "../../core/ports/flat-files.ts";
import { definitionText } from "../definition-text.ts";
import { definitionJson, printDefinition } from "../describe-definition.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { toJson } from "../format/json-text.ts";
import { countWord } from "../format/words.ts";
import type { Start } from "../start.ts";
import { type Refusal, refusal, tell } from "../refusal.ts";
import { painterFor } from "../terminal/style.ts";
import { visible } from "../terminal/visible.ts";
import type { Session } from "../world.ts";

type Options = { readonly flat?: string; readonly json?: boolean };

export function addCheckConfig(program: Command, start: Start): void {
  program
    .command("check-config")
    .summary("what Berth makes of a network definition")
    .description(
      `Reads a network definition as an ADD would: a configuration, a list (conflist), or a Kubernetes
NetworkAttachmentDefinition as JSON, of which spec.config is read. Tells every fault (exit code 1), or every warning and
what would be served. For type whereabouts the flat file is looked for where the agent would on this machine.`,
    )
    .argument("<file>", 'the file, or "-" for standard input')
    .option("--flat <file>", "the flat file (whereabouts.conf) to use instead of this machine's")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  $ berthctl check-config /etc/cni/net.d/10-blue.conflist\n")
    .action((file: string, options: Options) => start((session) => checkConfig(session, file, options)));
}

async function checkConfig(session: Session, file: string, options: Options): Promise<ExitCode> {
  const { terminal } = session;
  const read = await readDefinition(session, file, options);
  if (read.kind === "refusal") return tell(terminal, read);
  const { text, flat, notes } = read;
  const loaded = loadDefinition(text, flat);
  const told = flat === undefined ? notes : [...notes, `with the flat file ${flat.path}`];
  if (options.json === true) {
    const answer =
      loaded.kind === "faults"
        ? { valid: false, faults: loaded.faults }
        : { valid: true, ...definitionJson(loaded.definition), warnings: loaded.definition.warnings };
    await terminal.write(`${toJson({ ...answer, flatFile: flat?.path ?? null }, 2)}\n`);
  } else if (loaded.kind === "faults") await printFaults(session, { file, faults: loaded.faults, notes: told });
  else await printWhole(session, loaded.definition, told);
  return loaded.kind === "faults" ? exitCodes.no : exitCodes.done;
}

type ReadDefinition =
  | {
      readonly kind: "definition";
      readonly text: string;
      readonly flat: FlatFile | undefined;
      readonly notes: readonly string[];
    }
  | Refusal;

async function readDefinition({ world }: Session, file: string, options: Options): Promise<ReadDefinition> {
  const read = await world.readText(file);
  if (read.kind === "unreadable") return unreadable("network definition", file, read.reason);
  const found = definitionText(read.text);
  if (found.kind === "unusable") {
    const message = `Cannot read network definition "${shorten(file)}": expected ${found.expected}`;
    return refusal(exitCodes.usage, message, found.next);
  }
  const { text, notes } = found;
  if (options.flat === undefined) {
    const paths = flatPaths(text);
    const flat = paths.length === 0 ? undefined : await world.flatFiles.read(paths);
    return { kind: "definition", text, flat, notes };
  }
  const flat = await world.readText(options.flat);
  if (flat.kind === "unreadable") return unreadable("flat file", options.flat, flat.reason);
  return { kind: "definition", text, flat: { path: options.flat, text: flat.text }, notes };
}

function unreadable(thing: string, file: string, reason: string): Refusal {
  const message = `Cannot read ${thing} "${shorten(file)}": expected a file that can be read, found ${reason}`;
  return refusal(
    exitCodes.usage,
    message,
    file === "-" ? "run: berthctl check-config <file>" : `look at it: ls -l ${file}`,
  );
}

type Faulty = { readonly file: string; readonly faults: readonly Fault[]; readonly notes: readonly string[] };

async function printFaults({ terminal }: Session, { file, faults, notes }: Faulty): Promise<void> {
  const paint = painterFor(terminal);
  const title = faultsTitle(file, faults);
  const lines = faults.map((fault) => `  ${visible(formatFault(fault))}`);
  await terminal.write([paint(title, "bad"), ...noteLines(notes), ...lines, ""].join("\n"));
  await terminal.tell("every field, with its default and an example: docs/configuration.md\n");
}

async function printWhole({ terminal }: Session, definition: Definition, notes: readonly string[]): Promise<void> {
  await printDefinition(terminal, definition, noteLines(notes));
  const { warnings } = definition;
  if (warnings.length === 0) return;
  const paint = painterFor(terminal);
  const title = paint(`${countWord(warnings.length, "warning")}, passed over by an ADD:`, "attention");
  await terminal.write(["", title, ...warnings.map((one) => `  ${visible(formatFault(one))}`), ""].join("\n"));
}

function noteLines(notes: readonly string[]): readonly string[] {
  return notes.map((note) => `  (${visible(note)})`);
}
