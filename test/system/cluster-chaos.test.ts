/**
 * A cluster under chaos: agents as processes on one real API server, pods created and deleted at random, agents killed and
 * started again, the API server stopped and started. As seen from outside no address ever has two holders, and at the end
 * the reservations are the live leases, no more and no fewer. `npm run chaos` is the long run: 50 agents, 2,000 pods.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { reservations } from "../../core/kube/resources.ts";
import type { KubeObject } from "../../core/ports/kube-api.ts";
import { type ApiServer, startApiServer } from "../support/api-server.ts";
import { pathOf } from "../support/api-server-client.ts";
import { statusOf } from "../support/ask-agent.ts";
import { type ClusterAgents, type ClusterNode, startClusterAgents } from "../support/cluster-agents.ts";
import { History, lineOf } from "../support/cluster-history.ts";
import { ClusterPod, newTally, type PodsTally, type PodsWorld } from "../support/cluster-pods.ts";
import { createSandboxes } from "../support/cluster-sandboxes.ts";
import { createSeededRandom, type SeededRandom } from "../support/seeded-random.ts";
import { ensureTools } from "../tools/install.ts";

type Plan = {
  readonly agents: number;
  readonly pods: number;
  readonly seconds: number;
  /** How long the API server is away each time, before it is started again. */
  readonly awaySeconds: number;
  /** Of a pod at most, and between two kills of agents at most. */
  readonly lifeSeconds: number;
  readonly killSeconds: number;
};

const long: Plan = { agents: 50, pods: 2_000, seconds: 180, awaySeconds: 8, lifeSeconds: 60, killSeconds: 3 };
const short: Plan = { agents: 10, pods: 300, seconds: 40, awaySeconds: 1, lifeSeconds: 20, killSeconds: 3 };
const isLong = process.env["BERTH_CHAOS"] === "long";
const plan = isLong ? long : short;
/** A create whose answer was lost is looked for during 90 s, with pauses of at most 30 s (P9). */
const settleMs = 150_000;

/** For pods that were begun late. */
const graceMs = 10_000;

class Chaos {
  readonly #random: SeededRandom;
  readonly #api: ApiServer;
  readonly #agents: ClusterAgents;
  readonly #endsAt = performance.now() + plan.seconds * 1_000;
  readonly pods: ClusterPod[] = [];
  kills = 0;
  outages = 0;

  constructor(api: ApiServer, agents: ClusterAgents, random: SeededRandom) {
    this.#api = api;
    this.#agents = agents;
    this.#random = random;
  }

  /** Comes back when the time is over and everything is up again. */
  async run(world: PodsWorld, tally: PodsTally): Promise<void> {
    const lives = Array.from({ length: plan.pods }, (_, number) => this.#life(world, tally, number));
    await Promise.all([this.#outages(), ...lives, this.#killAlways()]);
  }

  async #life(world: PodsWorld, tally: PodsTally, number: number): Promise<void> {
    // The last tenth of the time is for what was begun.
    await delay((number / plan.pods) * plan.seconds * 900);
    const pod = new ClusterPod(world, tally, number);
    const isKept = this.#random.below(6) === 0;
    const running = pod.run();
    await delay(this.#random.below(plan.lifeSeconds * 1_000));
    if (this.#random.below(8) === 0) await pod.renew();
    if (isKept || performance.now() > this.#endsAt) {
      this.pods.push(pod);
      await delay(Math.max(0, this.#endsAt + graceMs - performance.now()));
      pod.giveUp();
      return running;
    }
    pod.giveUp();
    await running;
    await pod.end();
  }

  async #killAlways(): Promise<void> {
    const coming: Promise<void>[] = [];
    while (performance.now() < this.#endsAt) {
      await delay(200 + this.#random.below(plan.killSeconds * 1_000));
      const { nodes } = this.#agents;
      const node = nodes[this.#random.below(nodes.length)];
      if (node?.agent === undefined) continue;
      this.kills += 1;
      coming.push(this.#killOne(node));
    }
    await Promise.all(coming);
  }

  async #killOne(node: ClusterNode): Promise<void> {
    const { agent } = node;
    node.agent = undefined;
    await (this.#random.below(4) === 0 ? agent?.stop() : agent?.kill());
    // Now and then longer than an ADD waits for its agent.
    await delay(this.#random.below(10) === 0 ? 12_000 : this.#random.below(2_000));
    await this.#agents.start(node);
  }

  /** One after the other: on a busy machine a start may take longer than planned. */
  async #outages(): Promise<void> {
    const begun = performance.now();
    for (const [at, signal] of [
      [0.2, "SIGKILL"],
      [0.45, "SIGTERM"],
      [0.7, "SIGKILL"],
    ] as const) {
      await delay(Math.max(0, begun + at * plan.seconds * 1_000 - performance.now()));
      await this.#api.stopApiServer(signal);
      await delay(plan.awaySeconds * 1_000);
      await this.#api.startApiServer();
      this.outages += 1;
    }
  }
}

/** A line for each reservation there is, as the history has them. */
async function reservationLines(api: ApiServer, namespace: string): Promise<readonly string[]> {
  const list = await api.client.ask({ method: "GET", path: pathOf(reservations, namespace) });
  const items: readonly KubeObject[] = Object(list)["items"];
  return items
    .map(({ metadata, spec }) => {
      const { podref, containerid, ifname } = Object(spec);
      return lineOf({ reservation: metadata.name, podRef: podref, containerId: containerid, ifName: ifname });
    })
    .sort();
}

/** All agents together. */
async function countsOf({ nodes }: ClusterAgents): Promise<{ leases: number; intents: number; freeing: number }> {
  const all = await Promise.all(nodes.map(({ place }) => statusOf(place)));
  const sum = (of: "leases" | "intents" | "freeing") => all.reduce((total, status) => total + status[of], 0);
  return { leases: sum("leases"), intents: sum("intents"), freeing: sum("freeing") };
}

/** Of both sides what the other lacks; asked until there is nothing, or the time is over. */
async function differences(api: ApiServer, agents: ClusterAgents, history: History): Promise<readonly string[]> {
  const until = performance.now() + settleMs;
  for (;;) {
    const [wanted, found] = [history.lines(), await reservationLines(api, agents.namespace)];
    const lost = wanted.filter((line) => !found.includes(line)).map((line) => `held without a reservation: ${line}`);
    const left = found.filter((line) => !wanted.includes(line)).map((line) => `reserved and held by nobody: ${line}`);
    const counts = await countsOf(agents);
    const isCounted = counts.leases === wanted.length && counts.intents === 0 && counts.freeing === 0;
    const counted = isCounted ? [] : [`${JSON.stringify(counts)} instead of ${wanted.length} leases`];
    const all = [...lost, ...left, ...counted];
    if (all.length === 0 || performance.now() > until) return all;
    await delay(500);
  }
}

const percentile = (values: readonly number[], part: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)]?.toFixed(0) ?? "none";

test("a cluster under chaos gives no address twice, and at the end its reservations are its live leases", {
  timeout: (plan.seconds + 420) * 1_000,
}, async () => {
  const tools = await ensureTools("test", (line) => console.log(line));
  if (tools.kind !== "ready") throw new Error(tools.message);
  const seed = Number(process.env["BERTH_TEST_SEED"] ?? Date.now() % 1_000_000);
  // Before anything can fail: a run that does tells how it is repeated.
  console.log(`BERTH_TEST_SEED=${seed} repeats this run`);
  const random = createSeededRandom(seed);
  await using api = await startApiServer();
  await using agents = await startClusterAgents(api, { count: plan.agents, sweepSeconds: 5 });
  await using sandboxes = await createSandboxes();
  const history = new History();
  const tally = newTally();
  const { namespace, nodes } = agents;
  const chaos = new Chaos(api, agents, random);
  await chaos.run({ cluster: api, namespace, nodes, sandboxes, history, random }, tally);
  expect(history.faults).toEqual([]);

  const begun = performance.now();
  const afterChaos = await differences(api, agents, history);
  const settledMs = performance.now() - begun;
  const live = history.lines().length;
  const residentMiB = nodes.map(({ agent }) => residentOf(agent?.pid ?? 0)).toSorted((a, b) => a - b);
  await Promise.all(chaos.pods.map((pod) => pod.end()));
  const afterEnd = await differences(api, agents, history);
  console.log(
    [
      `seed ${seed}, ${plan.agents} agents, ${plan.pods} pods in ${plan.seconds} s: ${history.given} addresses given, at most ${history.heldMax} held, ${live} at the end`,
      `${tally.addMs.length} ADDs (p50 ${percentile(tally.addMs, 0.5)} ms, p99 ${percentile(tally.addMs, 0.99)} ms), ${tally.delMs.length} DELs (p50 ${percentile(tally.delMs, 0.5)} ms, p99 ${percentile(tally.delMs, 0.99)} ms)`,
      `${chaos.kills} agents ended, the API server ${chaos.outages} times; ${tally.sandboxesRenewed} sandboxes renewed, ${tally.vanished} gone without a DEL; settled after ${(settledMs / 1_000).toFixed(1)} s`,
      `agents' memory: median ${residentMiB[Math.floor(residentMiB.length / 2)]} MiB, most ${residentMiB.at(-1)} MiB`,
      ...[...tally.refusals].map(([words, count]) => `${count} ADDs refused: ${words}`),
    ].join("\n"),
  );
  expect(history.faults).toEqual([]);
  expect(afterChaos).toEqual([]);
  expect(afterEnd).toEqual([]);
  expect(history.given).toBeGreaterThan(plan.pods / 2);
  expect(chaos.outages).toBe(3);
  expect(chaos.kills).toBeGreaterThan(plan.seconds / 10);
});

function residentOf(pid: number): number {
  const kB = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kB) / 1024);
}
