/**
 * The reconciler's command line: what it prints, what it reads, and how it ends. Exit status 2 is a wrong command line, 1 a start or
 * a run that failed.
 *
 * @module
 */
import { hostname } from "node:os";
import { parseArgs } from "node:util";
import { formatFault } from "../core/config/faults-text.ts";
import { loadReconcilerSettings, type ReconcilerSettings } from "../core/config/reconciler.ts";
import { reconcilerOptions, reconcilerSchema, reconcilerSwitches } from "../core/config/reconciler-schema.ts";
import { version } from "../core/version.ts";

const defaults: { readonly [key: string]: unknown } = {
  ...reconcilerSchema.parse({}),
  node: "this machine's",
  nodeName: "the host's name",
  kubeconfig: "as kubectl does",
  namespace: "the context's or kube-system",
  scheduleFile: "none",
};

const indent = 24;
const columns = 80;

const help = `Usage: berth-reconciler [options]

Gives back the addresses whose holders have gone: on the schedule that a
ConfigMap has, or now. In doubt it keeps them, and says why. One on each node,
as root; it judges the leases of its own node, and one that is elected judges
those of lost nodes and what Whereabouts wrote.

${[
  ...reconcilerSwitches.map(({ flag, about }) => `  ${flag.padEnd(indent - 2)}${folded(about)}`),
  ...reconcilerOptions.map(({ key, flag, value, about, variables }) => {
    const where = [...variables, `default: ${String(defaults[key])}`].join(", ");
    return [`  ${`${flag} ${value}`.padEnd(indent - 2)}${folded(about)}`, folded(where)].join(
      `\n${" ".repeat(indent)}`,
    );
  }),
].join("\n")}
  ${"--version".padEnd(indent - 2)}print the version and end
  ${"--help".padEnd(indent - 2)}print this and end

Flags win over the environment. --once waits out the grace before it frees, and
ends with 0 when nothing failed, with 1 otherwise.
All of it, and what to do about each verdict: docs/reconciler.md`;

/** Broken at blanks, so that it stays in its column. */
function folded(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && indent + line.length + 1 + word.length <= columns) lines[lines.length - 1] += ` ${word}`;
    else lines.push(word);
  }
  return lines.join(`\n${" ".repeat(indent)}`);
}

/** Reads the settings, or ends the program: after --help and --version with 0, after a fault with 2. */
export function readSettings(args: readonly string[]): ReconcilerSettings {
  const values = parse(args);
  if (values["help"] === true) end(0, help);
  if (values["version"] === true) end(0, `berth-reconciler ${version}`);
  const texts = reconcilerOptions.map(({ key, flag }) => {
    const value = values[flag.slice(2)];
    return [key, typeof value === "string" ? value : undefined];
  });
  const switches = reconcilerSwitches.map(({ key, flag }) => [key, values[flag.slice(2)] === true ? true : undefined]);
  const flags = Object.fromEntries([...texts, ...switches]);
  const loaded = loadReconcilerSettings({ flags, env: process.env, hostName: hostname() });
  if (loaded.kind === "settings") return loaded.settings;
  const faults = loaded.faults.map((fault) => `  ${formatFault(fault)}`).join("\n");
  return end(2, `Cannot use the reconciler's settings: expected settings without faults\n${faults}`);
}

function parse(args: readonly string[]): { [name: string]: string | boolean | undefined } {
  const options = Object.fromEntries<{ type: "string" | "boolean" }>([
    ...reconcilerOptions.map(({ flag }) => [flag.slice(2), { type: "string" }] as const),
    ...reconcilerSwitches.map(({ flag }) => [flag.slice(2), { type: "boolean" }] as const),
    ...["help", "version"].map((name) => [name, { type: "boolean" }] as const),
  ]);
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    return end(2, `${error instanceof Error ? error.message : String(error)}\nrun: berth-reconciler --help`);
  }
}

/** Prints and ends the program: what went wrong goes to standard error. */
export function end(status: number, text: string): never {
  (status === 0 ? process.stdout : process.stderr).write(`${text}\n`);
  process.exit(status);
}
