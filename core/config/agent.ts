/**
 * The agent's settings: flags win over the environment, which wins over the file, which wins over the defaults.
 *
 * @module
 */
import { type AgentFile, type AgentOptionKey, agentOptions, agentSchema } from "./agent-schema.ts";
import type { Fault } from "./definition.ts";
import { faultList, type Note } from "./fault-list.ts";
import { parseJson } from "./json.ts";
import { isObject } from "./network-configuration.ts";
import { readShape } from "./read-shape.ts";

export type AgentSettings = Omit<AgentFile, "nodeName"> & { readonly nodeName: string };

export type AgentInput = {
  /** The file's text; undefined when there is none. */
  readonly file?: string | undefined;
  /** By the names of the settings: `stateDir` for `--state-dir`. */
  readonly flags: { readonly [key in AgentOptionKey]?: string | undefined };
  /** The whole environment. An empty variable counts as not set. */
  readonly env: { readonly [name: string]: string | undefined };
  /** This host's name: the node's, unless something else is said. */
  readonly hostName: string;
};

export type LoadedAgent =
  | { readonly kind: "settings"; readonly settings: AgentSettings }
  | { readonly kind: "faults"; readonly faults: readonly Fault[] };

/** Which file to read: `--config`, or else `BERTH_CONFIG`; undefined for none. */
export function agentFilePath(flag: string | undefined, env: AgentInput["env"]): string | undefined {
  const variable = env["BERTH_CONFIG"];
  return flag ?? (variable === "" ? undefined : variable);
}

/** Reads all three. Faults say where they stand: `store`, `BERTH_STORE` or `--store`. */
export function loadAgentSettings({ file, flags, env, hostName }: AgentInput): LoadedAgent {
  const { faults, note } = faultList();
  const written = readFile(file, note);
  const given = new Map<string, unknown>();
  for (const { key, flag, variable } of agentOptions) {
    const fromEnv = env[variable] === "" ? undefined : env[variable];
    for (const [at, value] of [[variable, fromEnv] as const, [flag, flags[key]] as const]) {
      if (value === undefined) continue;
      readShape(agentSchema.shape[key], value, { at: [at], note });
      given.set(key, value);
    }
  }
  if (faults.length > 0) return { kind: "faults", faults };
  const settings = agentSchema.parse({ ...written, ...Object.fromEntries(given) });
  if (settings.adminSocket === settings.socket) {
    // The one that listens second would remove the other's.
    note(["adminSocket"], settings.adminSocket, "another path than socket");
    return { kind: "faults", faults };
  }
  const { store, nodeName = nodeNameOf(hostName, store) } = settings;
  if (nodeName !== nodeNameOf(nodeName, store)) {
    // No Node has such a name: nothing of this node would be found.
    note(["nodeName"], nodeName, `lower case, as Kubernetes calls a node: ${nodeNameOf(nodeName, store)}`);
    return { kind: "faults", faults };
  }
  return { kind: "settings", settings: { ...settings, nodeName } };
}

/** The kubelet registers its host's name in lower case. */
function nodeNameOf(name: string, store: AgentFile["store"]): string {
  return store === "kubernetes" ? name.toLowerCase() : name;
}

function readFile(text: string | undefined, note: Note): object {
  if (text === undefined) return {};
  const json = parseJson(text);
  if (json.kind === "unreadable") {
    note([], json.fault.value, json.fault.expected);
    return {};
  }
  for (const { steps } of json.repeats) note(steps, undefined, "this key once");
  const { value } = readShape(agentSchema, json.value, { at: [], note });
  return isObject(value) ? value : {};
}
