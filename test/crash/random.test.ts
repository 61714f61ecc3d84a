/**
 * Eight clients, 2,000 random calls through the real launcher, some at the same moment for one container or pod, and an
 * agent that is killed and started again all the while: at the end the store holds just what a model holds.
 *
 * @module
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import {
  type AgentPlace,
  agentPlace,
  type Launched,
  launch,
  removePlace,
  type RunningAgent,
  startAgent,
} from "../support/agent-process.ts";
import { settled } from "../support/ask-agent.ts";
import { createNamespace, type Namespace } from "../support/namespaces.ts";
import { readHeld, readUnmatched } from "../support/read-state.ts";
import { createSeededRandom, type SeededRandom } from "../support/seeded-random.ts";

const clients = 8;
const operations = 2_000;
const containersEach = 4;
const config = {
  cniVersion: "1.1.0",
  name: "blue-net",
  type: "bridge",
  // Fewer addresses than attachments could want at once, so that full pools are met, too.
  ipam: {
    type: "berth",
    network_name: "blue",
    ranges: [{ range: "10.0.0.0/27", exclude: ["10.0.0.9"] }, { range: "fd00::/122" }],
  },
};

/** A container, or a pod whose sandbox is made anew now and then. */
type Container = {
  /** Of the sandbox that is meant now. */
  id: string;
  readonly podUid: string | undefined;
  netns: Namespace;
  /** What the model says it holds; undefined: nothing. */
  addresses: readonly string[] | undefined;
};

/** What all clients agree on: who holds what, as the answers told. */
class Model {
  readonly #holders = new Map<string, Container>();
  readonly faults: string[] = [];
  /** How many calls have been answered. */
  operations = 0;

  /** An answer gave these addresses: nobody else may hold them. */
  gave(container: Container, addresses: readonly string[]): void {
    if (container.addresses !== undefined && container.addresses.join() !== addresses.join()) {
      this.faults.push(`${container.id} had ${container.addresses.join()}, and was told ${addresses.join()}`);
    }
    for (const address of addresses) {
      const holder = this.#holders.get(address);
      if (holder !== undefined && holder !== container)
        this.faults.push(`${address} is held by ${holder.id}, and was given to ${container.id}`);
      this.#holders.set(address, container);
    }
    container.addresses = addresses;
  }

  /** A DEL is on its way, or the namespace has gone: from now on others may get them. */
  gone(container: Container): void {
    for (const address of container.addresses ?? [])
      if (this.#holders.get(address) === container) this.#holders.delete(address);
    container.addresses = undefined;
  }

  held(): readonly string[] {
    return [...this.#holders].map(([address, { id }]) => `${address.split("/")[0]} ${id}`).sort();
  }
}

let place: AgentPlace;
let agent: RunningAgent;
const containers: Container[] = [];

beforeAll(async () => {
  place = agentPlace(mkdtempSync(join(tmpdir(), "b-")));
  for (let n = 0; n < clients * containersEach; n += 1)
    containers.push({
      id: `c${n}`,
      podUid: n % 2 === 0 ? undefined : `uid-${n}`,
      netns: await createNamespace(),
      addresses: undefined,
    });
});
afterAll(async () => {
  await agent?.kill();
  for (const { netns } of containers) await netns[Symbol.asyncDispose]();
  removePlace(place);
});

const call = (verb: string, { id, podUid, netns }: Container, more: object = {}) =>
  launch(place, {
    verb,
    containerId: id,
    netns: netns.path,
    args: podUid === undefined ? "" : `K8S_POD_NAMESPACE=default;K8S_POD_NAME=${podUid}-web;K8S_POD_UID=${podUid}`,
    config: { ...config, ...more },
  });

const addressesOf = ({ json }: Launched) => (json.ips ?? []).map(({ address }) => address);

async function add(model: Model, container: Container): Promise<void> {
  const answer = await call("ADD", container);
  if (answer.status === 0) return model.gave(container, addressesOf(answer));
  expect(answer.json.code, answer.stdout).toBe(11);
  // As a runtime does after an ADD that failed.
  await del(model, container);
}

async function del(model: Model, container: Container): Promise<void> {
  model.gone(container);
  expect((await call("DEL", container)).status, "a DEL never fails").toBe(0);
}

/** The sandbox ends without a DEL: the sweep has to notice. Its id is not used again before that (as with sandboxes). */
async function vanish(model: Model, container: Container): Promise<void> {
  model.gone(container);
  await container.netns[Symbol.asyncDispose]();
  container.netns = await createNamespace();
}

let sandboxes = 0;

/**
 * The pod's sandbox has ended, and a new one takes its place, under the same uid and interface. The DEL of the old one
 * comes at the same moment as the ADD of the new one, or after it: it must not take what is the new one's.
 */
async function recreate(model: Model, pod: Container, random: SeededRandom): Promise<void> {
  const old = { ...pod };
  await vanish(model, pod);
  sandboxes += 1;
  pod.id = `${old.id.split("-")[0]}-${sandboxes}`;
  const isLate = random.below(2) === 0;
  const adding = add(model, pod);
  if (isLate) await adding;
  expect((await call("DEL", old)).status, "a DEL never fails").toBe(0);
  await adding;
}

/** Two calls of one attachment at once: either may win. What is promised is that nobody else is told the same. */
async function overlap(model: Model, container: Container, random: SeededRandom): Promise<void> {
  // What it holds is not known before the last DEL: others may have got it meanwhile.
  model.gone(container);
  const other = random.below(2) === 0 ? "ADD" : "DEL";
  const [first, second] = await Promise.all([call("ADD", container), call(other, container)]);
  if (other === "DEL") expect(second.status, "a DEL never fails").toBe(0);
  if (other === "ADD" && first.status === 0 && second.status === 0)
    expect(addressesOf(second), "one attachment, one answer").toEqual(addressesOf(first));
  await del(model, container);
}

async function check(container: Container): Promise<void> {
  const before = container.addresses;
  const answer: Launched = await call("CHECK", container, {
    prevResult: { cniVersion: "1.0.0", ips: (before ?? []).map((address) => ({ address })) },
  });
  // The interface does not exist here: what CHECK says of a lease that stands is that (105), never that it is missing.
  if (before !== undefined && answer.status !== 0) expect([11, 105], answer.stdout).toContain(answer.json.code);
}

async function gc(random: SeededRandom): Promise<void> {
  // Lists only some of what lives: a hint that is wrong, and must free nothing that stands (P19).
  const listed = containers.filter(() => random.below(2) === 0).map(({ id }) => ({ containerID: id, ifname: "net1" }));
  const answer = await launch(place, { verb: "GC", config: { ...config, "cni.dev/valid-attachments": listed } });
  expect(answer.status, answer.stdout).toBe(0);
}

/** One client works its own containers, one call after the other, as a runtime does for each. */
async function work(client: number, model: Model, seed: number): Promise<void> {
  const random = createSeededRandom(seed + client);
  const own = containers.slice(client * containersEach, (client + 1) * containersEach);
  for (let n = 0; n < operations / clients; n += 1) {
    const container = own[random.below(own.length)];
    if (container === undefined) throw new Error("a client without containers");
    const dice = random.below(100);
    if (dice < 40) await add(model, container);
    else if (dice < 68) await del(model, container);
    else if (dice < 76) await check(container);
    else if (dice < 81) await gc(random);
    else if (dice < 88) await overlap(model, container, random);
    else if (dice < 96 && container.podUid !== undefined) await recreate(model, container, random);
    else await vanish(model, container);
    model.operations += 1;
  }
}

/** Ends the agent after every few calls, mostly with -9, and starts it again, until all is done. @returns how often */
async function killAlways(model: Model, random: SeededRandom): Promise<number> {
  let kills = 0;
  while (model.operations < operations) {
    const until = Math.min(operations, model.operations + 20 + random.below(60));
    await vi.waitUntil(() => model.operations >= until, { timeout: 120_000, interval: 1 });
    await (random.below(4) === 0 ? agent.stop() : agent.kill());
    kills += 1;
    agent = await startAgent(place);
  }
  return kills;
}

test("a run of 2,000 random calls by eight clients with kills ends as the model says", {
  timeout: 600_000,
}, async () => {
  const seed = Number(process.env["BERTH_TEST_SEED"] ?? Date.now() % 1_000_000);
  console.log(`seed ${seed}: repeat with BERTH_TEST_SEED=${seed}`);
  const model = new Model();
  agent = await startAgent(place);
  const working = Array.from({ length: clients }, (_, client) => work(client, model, seed));
  const [kills] = await Promise.all([killAlways(model, createSeededRandom(seed)), ...working]);
  expect(kills).toBeGreaterThan(10);
  expect(model.faults).toEqual([]);
  // A fresh start sweeps at once: what vanished without a DEL comes back.
  await agent.stop();
  agent = await startAgent(place);
  await settled(place, ({ leases }) => leases === model.held().length);
  const held = readHeld(place).map(({ address, containerId }) => `${address} ${containerId}`);
  expect(held.sort()).toEqual(model.held());
  expect(readUnmatched(place)).toEqual([]);
});
