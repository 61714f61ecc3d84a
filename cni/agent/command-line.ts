/**
 * The agent's command line: what it prints, what it reads, and how it ends. Exit status 2 is a wrong command line or
 * configuration, 1 a start that failed.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { parseArgs } from "node:util";
import { agentFilePath, type AgentSettings, loadAgentSettings } from "../../core/config/agent.ts";
import { agentOptions, agentSchema } from "../../core/config/agent-schema.ts";
import { formatFault } from "../../core/config/faults-text.ts";
import { version } from "../../core/version.ts";
import { protocolVersion } from "../../core/wire/protocol.ts";

const defaults: { readonly [key: string]: unknown } = {
  ...agentSchema.parse({}),
  nodeName: "the host's name",
  kubeconfig: "as kubectl does",
  namespace: "the context's or kube-system",
};

const help = `Usage: berth-agent [options]

Gives addresses to the containers of this node. Runs as root, one on each node.

${[
  helpLine("--config FILE", "JSON configuration", "BERTH_CONFIG", "none"),
  ...agentOptions.map(({ key, flag, value, about, variable }) =>
    helpLine(`${flag} ${value}`, about, variable, String(defaults[key])),
  ),
].join("\n")}
  ${"--version".padEnd(22)}print the versions and end
  ${"--help".padEnd(22)}print this and end

Flags win over the environment, which wins over the file.
All settings: docs/configuration.md`;

function helpLine(flag: string, about: string, variable: string, byDefault: string): string {
  return `  ${flag.padEnd(22)}${about}\n${" ".repeat(24)}${variable}, default: ${byDefault}`;
}

/**
 * Reads the settings, or ends the program: after --help and --version with 0, after a fault with 2.
 *
 * @param schemaVersion of the state file, for --version
 */
export function readSettings(args: readonly string[], schemaVersion: number): AgentSettings {
  const flags = parse(args);
  if (flags["help"] === true) end(0, help);
  if (flags["version"] === true)
    end(0, `berth-agent ${version} (protocol ${protocolVersion}, schema ${schemaVersion})`);
  const path = agentFilePath(asText(flags["config"]), process.env);
  const given = Object.fromEntries(agentOptions.map(({ key, flag }) => [key, asText(flags[flag.slice(2)])]));
  const loaded = loadAgentSettings({
    file: path === undefined ? undefined : read(path),
    flags: given,
    env: process.env,
    hostName: hostname(),
  });
  if (loaded.kind === "settings") return loaded.settings;
  return end(
    2,
    `Cannot use the agent's configuration${path === undefined ? "" : ` "${path}"`}: expected settings without faults\n${loaded.faults.map((fault) => `  ${formatFault(fault)}`).join("\n")}`,
  );
}

function parse(args: readonly string[]): { [name: string]: string | boolean | undefined } {
  const text = { type: "string" } as const;
  const options = Object.fromEntries(agentOptions.map(({ flag }) => [flag.slice(2), text]));
  try {
    return parseArgs({
      args: [...args],
      options: { ...options, config: text, help: { type: "boolean" }, version: { type: "boolean" } },
    }).values;
  } catch (error) {
    return end(2, `${error instanceof Error ? error.message : String(error)}\nrun: berth-agent --help`);
  }
}

function asText(value: string | boolean | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    return end(2, `Cannot read configuration "${path}": expected a file that can be read: ${String(error)}`);
  }
}

/** Prints and ends the program: what went wrong goes to standard error. */
export function end(status: number, text: string): never {
  (status === 0 ? process.stdout : process.stderr).write(`${text}\n`);
  process.exit(status);
}
