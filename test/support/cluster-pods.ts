/**
 * Kubelets and runtimes of a cluster: pods that get sandboxes, fail and are tried again, get new sandboxes, and end, as
 * untidily as in real clusters.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { pods } from "../../core/kube/resources.ts";
import { pathOf } from "./api-server-client.ts";
import type { Cluster } from "./api-server-cluster.ts";
import type { ClusterNode } from "./cluster-agents.ts";
import type { History } from "./cluster-history.ts";
import { type ClusterNetwork, clusterNetworks } from "./cluster-networks.ts";
import type { Sandbox, Sandboxes } from "./cluster-sandboxes.ts";
import { callAgent } from "./launcher-client.ts";
import type { SeededRandom } from "./seeded-random.ts";

export type PodsWorld = {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly nodes: readonly ClusterNode[];
  readonly sandboxes: Sandboxes;
  readonly history: History;
  readonly random: SeededRandom;
};

/** What the calls came to. */
export type PodsTally = {
  readonly addMs: number[];
  readonly delMs: number[];
  /** ADDs that were refused, by what they said. */
  readonly refusals: Map<string, number>;
  sandboxesRenewed: number;
  /** Sandboxes that ended without a DEL. */
  vanished: number;
};

export const newTally = (): PodsTally => ({
  addMs: [],
  delMs: [],
  refusals: new Map(),
  sandboxesRenewed: 0,
  vanished: 0,
});

const retryMs = 300;
const renewalsMax = 10;

/** One pod, from its creation to its deletion. */
export class ClusterPod {
  readonly #world: PodsWorld;
  readonly #tally: PodsTally;
  readonly #name: string;
  readonly #node: ClusterNode;
  readonly #networks: readonly ClusterNetwork[];
  #uid = "";
  #sandbox: Sandbox | undefined;
  #isWanted = true;

  constructor(world: PodsWorld, tally: PodsTally, number: number) {
    const { nodes, random } = world;
    const node = nodes[random.below(nodes.length)];
    if (node === undefined) throw new Error("Cannot place a pod: expected nodes");
    this.#world = world;
    this.#tally = tally;
    this.#name = `pod-${number}`;
    this.#node = node;
    this.#networks = Array.from({ length: 1 + Number(random.below(3) === 0) }, () => chooseNetwork(random));
  }

  /** Tries until it runs, or is not wanted any more. */
  async run(): Promise<void> {
    await this.#appear();
    while (this.#isWanted && !(await this.#bringUp())) await delay(retryMs + this.#world.random.below(1_000));
  }

  /** Tries no more, when it does not run by now: who waits for an address of a full pool may wait for ever. */
  giveUp(): void {
    if (this.#sandbox === undefined) this.#isWanted = false;
  }

  /** The sandbox has died and is made anew: the DEL of the old one comes before, after or with the ADD of the new one. */
  async renew(): Promise<void> {
    const old = this.#sandbox;
    if (old === undefined) return;
    this.#tally.sandboxesRenewed += 1;
    const order = this.#world.random.below(3);
    this.#world.history.ends(old.id);
    await old.end();
    if (order === 0) await this.#del(old);
    const late = order === 1 ? this.#del(old) : undefined;
    for (let tries = 0; tries < renewalsMax && !(await this.#bringUp()); tries += 1) await delay(retryMs);
    await late;
    if (order === 2) await this.#del(old);
  }

  /** Ends it: mostly with a DEL, sometimes only by its namespace's end. */
  async end(): Promise<void> {
    this.#isWanted = false;
    const sandbox = this.#sandbox;
    const way = this.#world.random.below(20);
    if (sandbox !== undefined && way < 3) {
      this.#tally.vanished += 1;
      this.#world.history.ends(sandbox.id);
      await sandbox.end();
    } else if (sandbox !== undefined) {
      this.#world.history.ends(sandbox.id);
      if (way < 6) await sandbox.end();
      await this.#del(sandbox);
      await sandbox.end();
    }
    await this.#untilAnswered("DELETE", this.#name, { gracePeriodSeconds: 0 });
  }

  async #appear(): Promise<void> {
    const body = {
      metadata: { name: this.#name },
      spec: { containers: [{ name: "main", image: "none" }], nodeName: this.#node.name },
    };
    await this.#untilAnswered("POST", undefined, body);
    this.#uid = await this.#untilAnswered("GET", this.#name);
  }

  /** @returns the pod's uid */
  async #untilAnswered(method: "POST" | "GET" | "DELETE", name: string | undefined, body?: object): Promise<string> {
    const path = pathOf(pods, this.#world.namespace, name);
    for (;;) {
      try {
        const answer = await this.#world.cluster.client.request({ method, path, ...(body && { body }) });
        if (answer.status < 300 || answer.status === 404 || answer.status === 409)
          return answer.object.metadata?.uid ?? "";
      } catch {
        // It is down.
      }
      await delay(retryMs);
    }
  }

  async #bringUp(): Promise<boolean> {
    const sandbox = await this.#world.sandboxes.create();
    for (const [at, network] of this.#networks.entries()) {
      if (await this.#add(sandbox, network, `net${at + 1}`)) continue;
      this.#world.history.ends(sandbox.id);
      await this.#del(sandbox);
      await sandbox.end();
      this.#sandbox = undefined;
      return false;
    }
    this.#sandbox = sandbox;
    return true;
  }

  async #add(sandbox: Sandbox, { config, reservation }: ClusterNetwork, ifName: string): Promise<boolean> {
    const begun = performance.now();
    const answer = await callAgent(this.#node.place, this.#call("ADD", sandbox, config, ifName));
    if (answer.status !== 0) {
      const about = answer.json.code === 11 && answer.json.msg === undefined ? "no answer" : wordsOf(answer.json);
      this.#tally.refusals.set(about, (this.#tally.refusals.get(about) ?? 0) + 1);
      return false;
    }
    this.#tally.addMs.push(performance.now() - begun);
    for (const { address } of answer.json.ips ?? []) {
      const bare = address.split("/")[0] ?? "";
      const podRef = `${this.#world.namespace}/${this.#name}`;
      this.#world.history.gave({ reservation: reservation(bare), podRef, containerId: sandbox.id, ifName });
    }
    return true;
  }

  async #del(sandbox: Sandbox): Promise<void> {
    for (const [at, { config }] of this.#networks.entries()) {
      const begun = performance.now();
      const answer = await callAgent(this.#node.place, this.#call("DEL", sandbox, config, `net${at + 1}`));
      this.#tally.delMs.push(performance.now() - begun);
      if (answer.status !== 0) this.#world.history.faults.push(`a DEL failed: ${answer.stdout}`);
    }
  }

  #call(verb: string, { id, path }: Sandbox, config: object, ifName: string) {
    const args = `K8S_POD_NAMESPACE=${this.#world.namespace};K8S_POD_NAME=${this.#name};K8S_POD_UID=${this.#uid}`;
    return { verb, containerId: id, ifName, netns: path, args: `IgnoreUnknown=1;${args}`, config };
  }
}

function chooseNetwork(random: SeededRandom): ClusterNetwork {
  let dice = random.below(100);
  for (const network of clusterNetworks) {
    if (dice < network.share) return network;
    dice -= network.share;
  }
  throw new Error("Cannot choose a network: expected shares of a hundred in all");
}

/** Without what differs from call to call. */
function wordsOf({ code, msg = "" }: { readonly code?: number; readonly msg?: string }): string {
  return `${code} ${msg
    .replaceAll(/"[^"]*"/g, '"…"')
    .replaceAll(/\d+/g, "N")
    .slice(0, 200)}`;
}
