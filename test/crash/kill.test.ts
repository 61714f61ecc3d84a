/**
 * The real agent, killed with SIGKILL at every port call of an ADD and of a DEL, and started again: the invariants 1 to 4
 * stand, whatever the runtime does next.
 *
 * @module
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type AgentPlace, agentPlace, launch, removePlace, startAgent } from "../support/agent-process.ts";
import { settled } from "../support/ask-agent.ts";
import { createNamespace, type Namespace } from "../support/namespaces.ts";
import { readHeld } from "../support/read-state.ts";

const crashing = new URL("../../dist/test/crashing-agent.mjs", import.meta.url).pathname;
const config = {
  cniVersion: "1.0.0",
  name: "blue-net",
  type: "bridge",
  ipam: {
    type: "berth",
    network_name: "blue",
    ranges: [{ range: "10.0.0.0/29" }, { range: "fd00::/125" }],
    addresses: [{ address: "10.9.0.7/24" }],
  },
};
const podArgs = "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-0;K8S_POD_UID=u1";

let namespace: Namespace;
let spare: Namespace;
const places: AgentPlace[] = [];

beforeAll(async () => {
  namespace = await createNamespace();
  spare = await createNamespace();
});
afterAll(async () => {
  for (const place of places) removePlace(place);
  await namespace[Symbol.asyncDispose]();
  await spare[Symbol.asyncDispose]();
});

const add = (place: AgentPlace, containerId = "c1", netns = namespace) =>
  launch(place, {
    verb: "ADD",
    containerId,
    netns: netns.path,
    args: containerId === "c1" ? podArgs : "",
    config: containerId === "c1" ? config : { ...config, ipam: { ...config.ipam, addresses: [] } },
  });
const del = (place: AgentPlace, containerId = "c1") => launch(place, { verb: "DEL", containerId, config });

const scenarios = [
  { verb: "ADD", before: async () => undefined, act: add },
  { verb: "repeated ADD", before: add, act: add },
  { verb: "DEL", before: add, act: del },
] as const;

/** Starts the agent that dies at `crashAt`, and lets the call run into it. */
async function runInto(scenario: (typeof scenarios)[number], crashAt: string) {
  const place = agentPlace(mkdtempSync(join(tmpdir(), "b-")));
  places.push(place);
  const agent = await startAgent(place, { bundle: crashing, env: { BERTH_TEST_CRASH_AT: crashAt } });
  expect((await scenario.before(place))?.status ?? 0).toBe(0);
  agent.signal("SIGUSR2");
  await agent.line("armed");
  const answer = await scenario.act(place);
  return { place, agent, answer };
}

async function invariants(place: AgentPlace, label: string): Promise<void> {
  const held = readHeld(place);
  expect(new Set(held.map(({ address }) => address)).size, `${label}: an address is held twice`).toBe(held.length);
  expect(
    held.filter(({ isOnRecord }) => !isOnRecord),
    `${label}: held, and no row knows of it`,
  ).toEqual([]);
}

describe.each(scenarios)("an agent killed with -9 in a $verb", (scenario) => {
  test("at any port call loses nothing and leaks nothing", { timeout: 600_000 }, async () => {
    const whole = await runInto(scenario, "count");
    expect(whole.answer.status).toBe(0);
    // Not by asking the agent: its answer would pass crash points of its own.
    if (scenario.verb === "DEL") await vi.waitUntil(() => readHeld(whole.place).length === 0, { timeout: 30_000 });
    await whole.agent.stop();
    const points = whole.agent.lines.filter((line) => line.startsWith("point "));
    expect(points.length).toBeGreaterThan(8);
    for (const point of points) {
      const crashAt = point.split(" ")[1] ?? "";
      const { place, agent, answer } = await runInto(scenario, crashAt);
      expect(await Promise.race([agent.ended, delay(30_000, `it lived on`)]), point).toBe("SIGKILL");
      const before =
        answer.status === 0 && scenario.verb !== "DEL" ? answer.json.ips?.map(({ address }) => address) : undefined;
      if (scenario.verb === "DEL") expect(answer.status, `${point}: a DEL never fails`).toBe(0);
      else if (answer.status !== 0) expect(answer.json.code, point).toBe(11);
      const again = await startAgent(place);
      await invariants(place, point);
      if (scenario.verb !== "DEL") {
        const repeated = await add(place);
        expect(repeated.status, `${point}: ${repeated.stdout}`).toBe(0);
        const addresses = repeated.json.ips?.map(({ address }) => address) ?? [];
        if (before !== undefined) expect(addresses, `${point}: an answer was forgotten`).toEqual(before);
        const other = await add(place, "c2", spare);
        expect(other.status, other.stdout).toBe(0);
        expect(
          other.json.ips?.filter(({ address }) => addresses.includes(address)),
          `${point}: given twice`,
        ).toEqual([]);
        await invariants(place, point);
        await del(place);
        await del(place, "c2");
      }
      await settled(place);
      expect(readHeld(place), `${point}: leaked`).toEqual([]);
      await again.stop();
      removePlace(place);
    }
  });
});
