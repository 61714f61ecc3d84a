/**
 * Agents of several nodes as processes on one real API server: bursts, a pool with as many addresses as pods, an agent that
 * was killed, and what all of it costs in requests.
 *
 * @module
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { reservations } from "../../core/kube/resources.ts";
import { pathOf } from "../support/api-server-client.ts";
import type { Cluster } from "../support/api-server-cluster.ts";
import { sharedApiServer } from "../support/api-server-shared.ts";
import { settled } from "../support/ask-agent.ts";
import { type ClusterAgents, startClusterAgents } from "../support/cluster-agents.ts";
import { callAgent } from "../support/launcher-client.ts";
import { createNamespace, type Namespace } from "../support/namespaces.ts";
import { ensureTools } from "../tools/install.ts";

const count = 6;
let cluster: Cluster;
let agents: ClusterAgents;
let netns: Namespace;

beforeAll(async () => {
  const outcome = await ensureTools("test", (line) => console.log(line));
  if (outcome.kind !== "ready") throw new Error(outcome.message);
  cluster = await sharedApiServer();
  agents = await startClusterAgents(cluster, { count });
  netns = await createNamespace();
}, 1_200_000);
afterAll(async () => {
  await agents?.[Symbol.asyncDispose]();
  await netns?.[Symbol.asyncDispose]();
});

/** The call of one pod on its node. */
function call(verb: "ADD" | "DEL", network: string, pod: number, ipam: object) {
  const node = agents.nodes[pod % count];
  if (node === undefined) throw new Error("no such node");
  return callAgent(node.place, {
    verb,
    containerId: `${network}-${pod}`,
    netns: netns.path,
    args: `K8S_POD_NAMESPACE=default;K8S_POD_NAME=${network}-${pod};K8S_POD_UID=uid-${network}-${pod}`,
    config: {
      cniVersion: "1.1.0",
      name: network,
      type: "macvlan",
      ipam: { type: "berth", network_name: network, ...ipam },
    },
  });
}

async function all(verb: "ADD" | "DEL", network: string, pods: readonly number[], ipam: object) {
  const answers = await Promise.all(pods.map((pod) => call(verb, network, pod, ipam)));
  expect(answers.filter(({ status }) => status !== 0).map(({ stdout }) => stdout)).toEqual([]);
  return answers.flatMap(({ json }) => (json.ips ?? []).map(({ address }) => address));
}

async function reserved(network: string): Promise<readonly string[]> {
  const list = await cluster.client.ask({ method: "GET", path: pathOf(reservations, agents.namespace) });
  const items: readonly { metadata: { name: string } }[] = Object(list)["items"];
  const names = items.map(({ metadata }) => metadata.name).filter((name) => name.startsWith(`${network}-`));
  return names.map((name) => name.slice(network.length + 1)).sort();
}

const settleAll = () => Promise.all(agents.nodes.map(({ place }) => settled(place)));
const pods = (from: number, number: number) => Array.from({ length: number }, (_, at) => from + at);
const bare = (addresses: readonly string[]) => addresses.map((address) => address.split("/")[0] ?? "").sort();

test("a burst on all nodes gives each address once, for little more than one write each", async () => {
  const ipam = { range: "10.0.0.0/22" };
  await all("ADD", "burst", pods(0, count), ipam);
  const since = cluster.audit.mark();
  const addresses = await all("ADD", "burst", pods(100, 240), ipam);
  expect(new Set(addresses).size).toBe(240);
  const asked = await cluster.audit.requests({ user: agents.access.user, since });
  expect(asked.length / 240).toBeLessThan(1.25);
  expect(await reserved("burst")).toHaveLength(240 + count);

  const sinceDel = cluster.audit.mark();
  await all("DEL", "burst", [...pods(0, count), ...pods(100, 240)], ipam);
  await settleAll();
  expect(await reserved("burst")).toEqual([]);
  const askedByDel = await cluster.audit.requests({ user: agents.access.user, since: sinceDel });
  expect(askedByDel.length / 240).toBeLessThan(1.25);
});

test("a pool with as many addresses as pods is filled, deleted and filled again at once", async () => {
  const ipam = { range: "10.0.0.0/26", exclude: ["10.0.0.60/30"] };
  const first = await all("ADD", "full", pods(0, 59), ipam);
  expect(new Set(first).size).toBe(59);
  await all("DEL", "full", pods(0, 59), ipam);
  const second = await all("ADD", "full", pods(100, 59), ipam);
  expect(bare(second), "the same addresses, others hold them").toEqual(bare(first));
  const tooMany = await call("ADD", "full", 200, ipam);
  expect(tooMany.json).toMatchObject({ code: 11 });
  expect(tooMany.json.msg).toContain("all 59 usable addresses are held");
  await all("DEL", "full", [...pods(100, 59), 200], ipam);
  await settleAll();
  expect(await reserved("full")).toEqual([]);
});

test("an agent that was killed answers its attachments as before, and frees what ended meanwhile", async () => {
  const ipam = { range: "10.0.0.0/24" };
  const [kept] = await all("ADD", "killed", [0], ipam);
  await all("ADD", "killed", [count], ipam);
  const [node] = agents.nodes;
  if (node === undefined) throw new Error("no such node");
  await node.agent?.kill();
  // Nobody listens: the launcher keeps it.
  await all("DEL", "killed", [count], ipam);
  await agents.start(node);
  expect(await all("ADD", "killed", [0], ipam)).toEqual([kept]);
  await settleAll();
  expect(await reserved("killed")).toEqual(bare([kept ?? ""]));
  await all("DEL", "killed", [0], ipam);
});
