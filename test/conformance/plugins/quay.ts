/**
 * One machine for a conformance test: a private host, the real agent with the embedded store, and both launchers
 * installed under every name they answer to.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AgentPlace,
  agentPlace,
  launcherFolder,
  type RunningAgent,
  removePlace,
  startAgent,
} from "../../support/agent-process.ts";
import { settled } from "../../support/ask-agent.ts";
import { type CnitoolCall, cnitool } from "../../support/cnitool.ts";
import { createPrivateHost, type PrivateHost } from "../../support/private-host.ts";
import { type HeldAddress, readHeld } from "../../support/read-state.ts";
import { ensureTools } from "../../tools/install.ts";
import { builtPlugins, debianPlugins } from "../../tools/places.ts";
import { type Finished, run } from "../../tools/process.ts";

export const launcherNames = ["c", "typescript"] as const;
export type LauncherName = (typeof launcherNames)[number];

/** `folder` is a call because the built ones are only there once the tools were ensured. */
export const pluginSets: readonly [PluginSet, PluginSet] = [
  { set: "Debian's", folder: debianPlugins, cniVersion: "1.0.0", versions: ["0.3.1", "0.4.0", "1.0.0"] },
  { set: "the built", folder: builtPlugins, cniVersion: "1.1.0", versions: ["0.3.1", "0.4.0", "1.0.0", "1.1.0"] },
];

export type PluginSet = {
  readonly set: string;
  readonly folder: () => string;
  /** The newest it speaks. */
  readonly cniVersion: string;
  readonly versions: readonly string[];
};

/** The bridge and the macvlan master are made by `openQuay`. */
export const mains = {
  bridge: { type: "bridge", bridge: "br-quay" },
  macvlan: { type: "macvlan", master: "uplink", mode: "bridge" },
} as const;

const names = ["berth", "whereabouts", "static"] as const;
const programs: { readonly [launcher in LauncherName]: string } = { c: "berth", typescript: "berth.mjs" };

/** What a launcher is handed, as bytes of a runtime's making. */
export type RawCall = {
  readonly launcher: LauncherName;
  /** `CNI_*` variables; an undefined one is left out. */
  readonly env: { readonly [name: string]: string | undefined };
  readonly stdin: string;
  /** The name it is called by. Left out: `berth`. */
  readonly as?: (typeof names)[number];
};

export class Quay implements AsyncDisposable {
  readonly host: PrivateHost;
  readonly place: AgentPlace;
  /** Set anew by who starts another one. */
  agent: RunningAgent;

  /** Use `openQuay`. */
  constructor(host: PrivateHost, place: AgentPlace, agent: RunningAgent) {
    this.host = host;
    this.place = place;
    this.agent = agent;
  }

  /** The folder of a launcher, to be searched before the real plugins. */
  launcherFolder(launcher: LauncherName): string {
    return join(this.place.directory, launcher);
  }

  /** Drives the real plugins, with this launcher as their IPAM. */
  cnitool(launcher: LauncherName, set: PluginSet, call: Omit<CnitoolCall, "host" | "pluginDirs">): Promise<Finished> {
    const pluginDirs = [this.launcherFolder(launcher), set.folder()];
    return cnitool({ ifName: "net1", ...call, host: this.host, pluginDirs, env: this.place.env });
  }

  /** Executes a launcher by itself. */
  raw({ launcher, env, stdin, as = "berth" }: RawCall): Promise<Finished> {
    const known = Object.entries(env).filter(([, value]) => value !== undefined);
    return run(join(this.launcherFolder(launcher), as), [], {
      env: { PATH: process.env["PATH"], ...this.place.env, ...Object.fromEntries(known) },
      input: stdin,
    });
  }

  /** What is held once nothing is on its way any more. */
  async held(): Promise<readonly HeldAddress[]> {
    await settled(this.place);
    return readHeld(this.place);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.agent.stop();
    await this.host[Symbol.asyncDispose]();
    removePlace(this.place);
  }
}

/** Ensures the tools, makes the host with its bridge and its macvlan master, and starts the agent. */
export async function openQuay(): Promise<Quay> {
  const outcome = await ensureTools("test", (line) => console.log(line));
  if (outcome.kind !== "ready") throw new Error(outcome.message);
  const host = await createPrivateHost();
  await host.createMaster("uplink");
  await host.createBridge("br-quay");
  const place = agentPlace(mkdtempSync(join(tmpdir(), "b-")));
  for (const launcher of launcherNames) {
    mkdirSync(join(place.directory, launcher));
    for (const name of names) {
      symlinkSync(join(launcherFolder, programs[launcher]), join(place.directory, launcher, name));
    }
  }
  return new Quay(host, place, await startAgent(place));
}

/** A list of one main plugin, as text. */
export function networkList(plugin: object, head: { readonly name: string; readonly cniVersion: string }): string {
  return JSON.stringify({ ...head, plugins: [plugin] });
}

/** The addresses of an ADD's result, in any version of its form. */
export function addressesIn(stdout: string): readonly string[] {
  const result: { readonly ips?: readonly { readonly address: string }[] } = JSON.parse(stdout);
  return (result.ips ?? []).map(({ address }) => address);
}
