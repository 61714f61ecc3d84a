/**
 * Where the demo happens: a host and containers in network namespaces of their own, and the agent in a directory of its
 * own. All of it is gone when it is disposed of, and also when the demo is interrupted.
 *
 * The pieces are those that the system tests stand on (`test/support`): one way to make and remove a namespace.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AgentPlace, agentPlace, type RunningAgent, startAgent } from "../../test/support/agent-process.ts";
import { onInterruption } from "../../test/support/interruption.ts";
import { createNamespace, type Namespace } from "../../test/support/namespaces.ts";
import { createPrivateHost, type PrivateHost } from "../../test/support/private-host.ts";
import { type Container, containerOf, type Network } from "./container.ts";
import type { Stage } from "./stage.ts";

const berthctlFile = join(import.meta.dirname, "../../dist/cli/main.mjs");

export class Ground implements AsyncDisposable {
  readonly host: PrivateHost;
  readonly place: AgentPlace;
  /** The containers that hold addresses, by name: kept by the scenes. */
  readonly crew = new Map<string, Container>();
  readonly #stage: Stage;
  readonly #namespaces = new Map<Container, Namespace>();
  #agent: RunningAgent;

  /** Use `openGround`. */
  constructor(host: PrivateHost, agent: { readonly place: AgentPlace; readonly running: RunningAgent }, stage: Stage) {
    this.host = host;
    this.place = agent.place;
    this.#agent = agent.running;
    this.#stage = stage;
  }

  get agentPid(): number {
    return this.#agent.pid;
  }

  /** A container without a second interface. */
  async container(name: string, network: Network): Promise<Container> {
    // Duplicate detection would make each ADD of macvlan wait for 1.5 s.
    const namespace = await createNamespace({ detectsDuplicates: false });
    const container = containerOf({ name, network, namespace, host: this.host, env: this.place.env });
    this.#namespaces.set(container, namespace);
    return container;
  }

  member(name: string): Container {
    const container = this.crew.get(name);
    if (container !== undefined) return container;
    throw new Error(`Cannot find container "${name}": expected one of ${[...this.crew.keys()].join(", ")}`);
  }

  /** Takes the namespace away, as when a machine's runtime was killed: no DEL comes. */
  async vanish(container: Container): Promise<void> {
    await this.#namespaces.get(container)?.[Symbol.asyncDispose]();
    this.#namespaces.delete(container);
    this.crew.delete(container.name);
  }

  /** Runs berthctl on the same terminal, so that it shows what a person would see. */
  berthctl(...args: readonly string[]): void {
    this.#stage.command(`berthctl ${args.join(" ")}`);
    const env = { ...process.env, BERTH_STATE_DIR: this.place.stateDir, BERTH_ADMIN_SOCKET: this.place.adminSocket };
    spawnSync(process.execPath, [berthctlFile, ...args], { stdio: "inherit", env });
  }

  async killAgent(): Promise<void> {
    await this.#agent.kill();
  }

  async startAgent(): Promise<void> {
    this.#agent = await startAgent(this.place, agentRun(this.place));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.stop();
    for (const namespace of this.#namespaces.values()) await namespace[Symbol.asyncDispose]();
    await this.host[Symbol.asyncDispose]();
    rmSync(this.place.directory, { recursive: true, force: true });
  }
}

/** A bridge, a link for macvlan to stand on, and a running agent. */
export async function openGround(stage: Stage): Promise<Ground> {
  const directory = mkdtempSync(join(tmpdir(), "berth-demo-"));
  onInterruption(() => rmSync(directory, { recursive: true, force: true }));
  const host = await createPrivateHost();
  onInterruption(() => killProcessesIn(host.namespace));
  await host.createBridge("br-blue");
  await host.createMaster("uplink");
  const place = agentPlace(directory);
  const config = { sweepSeconds: 1 };
  writeFileSync(configFile(place), JSON.stringify(config));
  const running = await startAgent(place, agentRun(place));
  return new Ground(host, { place, running }, stage);
}

const configFile = ({ directory }: AgentPlace): string => join(directory, "agent.json");

function agentRun(place: AgentPlace) {
  return { args: ["--config", configFile(place), "--node-name", "demo"] };
}

/** A plugin that was interrupted may wait for the agent for seconds yet. */
function killProcessesIn({ name }: Namespace): void {
  const { stdout } = spawnSync("ip", ["netns", "pids", name], { encoding: "utf8" });
  for (const pid of stdout.split("\n").filter((line) => line !== "")) {
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  }
}
