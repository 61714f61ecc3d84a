/**
 * The command line: which commands and options there are, and how a start ends.
 *
 * @module
 */
import { resolve } from "node:path";
import { Command, CommanderError } from "commander";
import { type AgentSettings, agentFilePath, loadAgentSettings } from "../core/config/agent.ts";
import { formatFault } from "../core/config/faults-text.ts";
import { parseJson } from "../core/config/json.ts";
import { memberFolded } from "../core/config/network-configuration.ts";
import { shorten } from "../core/failure/failure.ts";
import { addCheckConfig } from "./commands/check-config.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addExplain } from "./commands/explain.ts";
import { addImport } from "./commands/import.ts";
import { addLeases } from "./commands/leases.ts";
import { addMigrate } from "./commands/migrate.ts";
import { addNetworks } from "./commands/networks.ts";
import { addReconcile } from "./commands/reconcile.ts";
import { addRelease } from "./commands/release.ts";
import { addShow } from "./commands/show.ts";
import { addWithhold } from "./commands/withhold.ts";
import { type ExitCode, exitCodes, exitMeanings } from "./exit.ts";
import { type Refusal, refusal, tell } from "./refusal.ts";
import type { Start } from "./start.ts";
import { usageRefusal } from "./usage.ts";
import type { Said, Versions, World } from "./world.ts";

type GlobalOptions = {
  readonly config?: string;
  readonly stateDir?: string;
  readonly adminSocket?: string;
  readonly kubeconfig?: string;
  readonly namespace?: string;
  readonly store?: string;
  readonly color: boolean;
};

/** @param args without the program's own name @returns the exit code */
export async function run(args: readonly string[], world: World, name = "berthctl"): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done;
  // Also when the options cannot be read: an error in colour helps nobody.
  const terminal = world.terminal(!args.includes("--no-color"));
  const written: Promise<void>[] = [];
  const program: Command = createProgram(
    { name, versions: world.versions, out: (text) => void written.push(terminal.write(text)) },
    async (body) => {
      const settings = await readSettings(program.opts<GlobalOptions>(), world);
      code =
        settings.kind === "refusal"
          ? await tell(terminal, settings)
          : await body({ world, terminal, settings: settings.settings, said: settings.said });
    },
  );
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    code = await ended(error);
  }
  await Promise.all(written);
  return code;

  async function ended(error: CommanderError): Promise<ExitCode> {
    if (error.exitCode === 0) return exitCodes.done;
    if (error.code !== "commander.help") return tell(terminal, usageRefusal(error, name));
    // Nothing was asked for.
    await terminal.tell(program.helpInformation());
    return exitCodes.usage;
  }
}

type ProgramOptions = { readonly name: string; readonly versions: Versions; readonly out: (text: string) => void };

/** All commands. `start` is called once, by the one that was named. */
export function createProgram({ name, versions, out }: ProgramOptions, start: Start): Command {
  const { version, protocol, schema } = versions;
  const program = new Command(name)
    .description("Shows and changes who holds which address on this node. Reading works without the agent.")
    .version(`berthctl ${version} (protocol ${protocol}, schema ${schema})`, "--version", "print the versions and end")
    .helpOption("-h, --help", "print this and end")
    .helpCommand("help [command]", "print the help of a command")
    .option("--state-dir <dir>", "the agent's state directory (BERTH_STATE_DIR; /var/lib/berth)")
    .option("--admin-socket <path>", "the agent's admin socket (BERTH_ADMIN_SOCKET; /run/berth/admin.sock)")
    .option("--config <file>", "the agent's configuration, for where both are (BERTH_CONFIG)")
    .option("--kubeconfig <file>", "for the cluster's API server (BERTH_KUBECONFIG; as kubectl finds it)")
    .option("--store <store>", "embedded or kubernetes (BERTH_STORE; the one that this machine's agent has)")
    .option("--namespace <name>", "where the cluster's pools are (BERTH_NAMESPACE; its context's, else kube-system)")
    .option("--no-color", "print without colours (also NO_COLOR)")
    .showHelpAfterError(false)
    .exitOverride()
    // What is wrong is told by usageRefusal, in our own words.
    .configureOutput({ writeOut: out, writeErr: () => undefined, outputError: () => undefined })
    .addHelpText("after", footer(name));
  for (const add of [
    addNetworks,
    addLeases,
    addShow,
    addExplain,
    addRelease,
    addWithhold,
    addCheckConfig,
    addDoctor,
    addReconcile,
    addMigrate,
    addImport,
  ])
    add(program, start);
  return program;
}

function footer(name: string): string {
  const codes = Object.entries(exitCodes).map(
    ([key, code]) => `  ${String(code).padEnd(4)}${Reflect.get(exitMeanings, key)}`,
  );
  return `
Exit codes:
${codes.join("\n")}

Options and an example of each command: ${name} <command> --help

Example:
  $ ${name} show 10.0.0.5
`;
}

/** A shell completes paths from where its user is; the settings know no such place. */
function absolute(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}

type Read = { readonly kind: "settings"; readonly settings: AgentSettings; readonly said: Said } | Refusal;

/** The same settings as the agent's, from the same places, so that both speak of the same files. */
async function readSettings(options: GlobalOptions, world: World): Promise<Read> {
  const { env, hostName } = world;
  const path = agentFilePath(options.config, env);
  const file = path === undefined ? undefined : await world.readText(path);
  if (path !== undefined && file?.kind === "unreadable") {
    const message = `Cannot read configuration "${shorten(path)}": expected a file that can be read: ${file.reason}`;
    return refusal(exitCodes.usage, message, `look at it: ls -l ${path}`);
  }
  const flags = {
    stateDir: absolute(options.stateDir),
    adminSocket: absolute(options.adminSocket),
    kubeconfig: absolute(options.kubeconfig),
    namespace: options.namespace,
    store: options.store,
  };
  const text = file?.kind === "text" ? file.text : undefined;
  const loaded = loadAgentSettings({ file: text, flags, env, hostName });
  if (loaded.kind === "settings") return { ...loaded, said: saidOf(loaded.settings, { text, flags, env }) };
  return refusal(
    exitCodes.usage,
    `Cannot use settings "${path ?? "of options and environment"}": expected settings without faults`,
    ...loaded.faults.map(formatFault),
    "run: berthctl --help",
  );
}

type Sources = {
  readonly text: string | undefined;
  readonly flags: { readonly store: string | undefined };
  readonly env: World["env"];
};

/** A store that nobody named is looked for; one that somebody named is believed. */
function saidOf({ store, kubeconfig, namespace }: AgentSettings, { text = "", flags, env }: Sources): Said {
  const json = parseJson(text);
  const isInFile = json.kind === "json" && memberFolded(json.value, "store") !== undefined;
  const isSaid = flags.store !== undefined || (env["BERTH_STORE"] ?? "") !== "" || isInFile;
  return { store: isSaid ? store : undefined, cluster: kubeconfig !== undefined || namespace !== undefined };
}
