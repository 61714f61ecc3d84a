/**
 * The rules of a cluster on a real API server: the store's contract over the real client, and agents as processes whose
 * credentials expire, whose rights and kinds are missing, and whose etcd is restored from an old copy.
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openKubeApi } from "../../adapters/kube/open.ts";
import { createClock } from "../../adapters/system/clock.ts";
import { createRandom } from "../../adapters/system/random.ts";
import { Entries } from "../../core/kube/entries.ts";
import { configMaps, reservations } from "../../core/kube/resources.ts";
import { createKubeStore } from "../../core/kube/store.ts";
import { Tide } from "../../core/kube/tide.ts";
import type { Mode } from "../../core/ports/cluster.ts";
import type { Store } from "../../core/ports/store.ts";
import { describeStore } from "../contracts/store-cases.ts";
import { type AgentPlace, agentPlace, type RunningAgent, startAgent } from "../support/agent-process.ts";
import { type ApiServer, startApiServer } from "../support/api-server.ts";
import type { PolicyRule } from "../support/api-server-access.ts";
import { pathOf } from "../support/api-server-client.ts";
import { installCrds } from "../support/api-server-crds.ts";
import { quietLog, quietMetrics } from "../support/kube-client.ts";
import { callAgent } from "../support/launcher-client.ts";
import { createNamespace, type Namespace } from "../support/namespaces.ts";
import { ensureTools } from "../tools/install.ts";

const group = "whereabouts.cni.cncf.io";
const rules: readonly PolicyRule[] = [
  { apiGroups: [group], resources: ["ippools", "nodeslicepools"], verbs: ["get", "list", "create", "patch"] },
  {
    apiGroups: [group],
    resources: ["overlappingrangeipreservations"],
    verbs: ["get", "list", "create", "patch", "delete"],
  },
  { apiGroups: [""], resources: ["configmaps", "pods"], verbs: ["get", "list"] },
  { apiGroups: [""], resources: ["events"], verbs: ["create"] },
];
const limits = { pulseMs: 1_000, modeMs: 2_000, fenceMs: 20_000, backMs: 2_000, conflictMs: 1_000 };
const config = {
  cniVersion: "1.0.0",
  name: "quay",
  type: "macvlan",
  ipam: { type: "whereabouts", range: "10.95.0.0/28" },
};
const patience = { timeout: 60_000, interval: 200 };

let server: ApiServer;
let directory: string;
let sandbox: Namespace;
let netns: string;
beforeAll(async () => {
  const outcome = await ensureTools("test", (line) => console.log(line));
  if (outcome.kind !== "ready") throw new Error(outcome.message);
  server = await startApiServer();
  directory = mkdtempSync(join(tmpdir(), "r-"));
  sandbox = await createNamespace();
  netns = sandbox.path;
}, 1_200_000);
afterAll(async () => {
  await server.stop();
  await sandbox[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

async function realStore(mode: Mode): Promise<Store> {
  const namespace = await server.namespace("store");
  const [clock, random] = [createClock(), createRandom()];
  const world = { clock, random, log: quietLog, metrics: quietMetrics, userAgent: "berth-agent/test" };
  const opened = await openKubeApi({ kubeconfig: server.admin.kubeconfig, ...world });
  if (opened.kind === "fault") throw new Error(opened.message);
  const { api } = opened;
  const mixed = { entries: new Entries({ api, namespace, clock, random }), mode };
  return createKubeStore({ api, namespace, journal: "journal-1", tide: new Tide(), mixed });
}

describeStore({ name: "Kubernetes, a real API server", create: () => realStore("absent"), changesSetting: false });

let agents = 0;

type Running = { readonly place: AgentPlace; readonly agent: RunningAgent; readonly node: string };

async function start(namespace: string, kubeconfig: string): Promise<Running> {
  agents += 1;
  const node = `rules-n${agents}`;
  const place = agentPlace(join(directory, `a${agents}`));
  const bundle = new URL("hasty-agent.ts", import.meta.url).pathname;
  const args = ["--store", "kubernetes", "--kubeconfig", kubeconfig, "--namespace", namespace, "--node-name", node];
  const agent = await startAgent(place, { bundle, args, env: { BERTH_TEST_LIMITS: JSON.stringify(limits) } });
  return { place, agent, node };
}

async function setAbsent(api: ApiServer, namespace: string): Promise<void> {
  const body = { metadata: { name: "berth" }, data: { whereabouts: "absent" } };
  await api.client.ask({ method: "POST", path: pathOf(configMaps, namespace), body });
}

async function add({ place }: Running, name: string): Promise<string> {
  const args = `K8S_POD_NAMESPACE=default;K8S_POD_NAME=${name};K8S_POD_UID=uid-${name}`;
  const answer = await callAgent(place, { verb: "ADD", containerId: name, netns, args, config });
  return answer.json.ips?.[0]?.address ?? `${answer.json.code}: ${answer.json.msg}`;
}

function del({ place }: Running, name: string) {
  return callAgent(place, { verb: "DEL", containerId: name, netns, config });
}

async function held(api: ApiServer, namespace: string): Promise<readonly string[]> {
  const list = await api.client.ask({ method: "GET", path: pathOf(reservations, namespace) });
  return Object(list).items.map((one: { metadata: { name: string } }) => one.metadata.name);
}

describe("an agent as a process", () => {
  // Its own: agents refuse to serve beside pools of another namespace (P2), and the stores above have some.
  let bare: ApiServer;
  const namespace = "kube-system";
  beforeAll(async () => {
    bare = await startApiServer();
    await setAbsent(bare, namespace);
  });
  afterAll(() => bare.stop());

  test("P4: credentials that expire are renewed on disk, and what waits goes on", async () => {
    const account = await bare.account({ namespace, name: "berth", rules });
    const tokenFile = join(directory, "token");
    const kubeconfig = join(directory, "token.kubeconfig");
    const document = JSON.parse(readFileSync(account.kubeconfig, "utf8"));
    writeFileSync(kubeconfig, JSON.stringify({ ...document, users: [{ name: "test", user: { tokenFile } }] }));
    writeFileSync(tokenFile, "expired");
    const running = await start(namespace, kubeconfig);
    expect(await add(running, "early")).toMatch(/^11: .*Unauthorized/);
    writeFileSync(tokenFile, await bare.token({ namespace, name: "berth" }));
    await expect.poll(() => add(running, "late"), patience).toMatch(/^10\.95\.0\.\d+\/28$/);
    expect(await held(bare, namespace)).toHaveLength(1);
    await del(running, "late");
    await expect.poll(() => held(bare, namespace), patience).toEqual([]);
    await running.agent.kill();
  });

  test("a forbidden verb: the message names the missing rule, and nothing is held", async () => {
    const poor = rules.map((rule) =>
      rule.resources.includes("overlappingrangeipreservations") ? { ...rule, verbs: ["get", "list"] } : rule,
    );
    const { kubeconfig } = await bare.account({ namespace, name: "poor", rules: poor });
    const running = await start(namespace, kubeconfig);
    await expect
      .poll(() => add(running, "a"), patience)
      .toContain('cannot create resource "overlappingrangeipreservations" in API group "whereabouts.cni.cncf.io"');
    expect(await held(bare, namespace)).toEqual([]);
    await running.agent.kill();
  });
});

test("missing kinds are named with what to run; once they are installed the agent serves", async () => {
  await using bare = await startApiServer({ crds: "none" });
  const namespace = "kube-system";
  await setAbsent(bare, namespace);
  const running = await start(namespace, bare.admin.kubeconfig);
  await expect.poll(() => add(running, "a"), patience).toContain("kubectl apply -f crds/");
  await installCrds(bare.client, true);
  await expect.poll(() => add(running, "b"), patience).toMatch(/^10\.95\.0\.\d+\/28$/);
  await running.agent.kill();
  await bare.stop();
});

test("P16: etcd restored from an old copy: two agents stop, restore what lives, and go on; nothing has two holders", async () => {
  await using own = await startApiServer();
  const namespace = "kube-system";
  await setAbsent(own, namespace);
  const [first, second] = [await start(namespace, own.admin.kubeconfig), await start(namespace, own.admin.kubeconfig)];
  const before = await add(first, "old-1");
  expect(await add(second, "gone")).toMatch(/^10\.95/);
  const copy = await own.snapshot();
  const after = [await add(first, "new-1"), await add(second, "new-2")];
  await del(second, "gone");
  await expect.poll(() => held(own, namespace), patience).toHaveLength(3);
  // Others write, too: an hour's worth of revisions, which a restored server does not catch up with by its own start.
  const path = pathOf(configMaps, namespace, "berth");
  for (let at = 0; at < 300; at += 1) {
    const body = { metadata: { annotations: { at: String(at) } } };
    await own.client.ask({ method: "PATCH", path, body, contentType: "application/merge-patch+json" });
  }
  await expect.poll(() => add(first, "seen"), patience).toMatch(/^10/);
  await del(first, "seen");
  await expect.poll(() => held(own, namespace), patience).toHaveLength(3);
  await copy.restore();
  await expect.poll(() => add(first, "x"), patience).toMatch(/^11: /);
  await expect.poll(() => held(own, namespace), patience).toHaveLength(3);
  await expect.poll(() => add(first, "y"), patience).toMatch(/^10\.95/);
  await expect.poll(() => add(second, "z"), patience).toMatch(/^10\.95/);
  const all = [before, ...after, await add(first, "y"), await add(second, "z")];
  expect(new Set(all).size).toBe(5);
  expect(await held(own, namespace)).toHaveLength(5);
  for (const { agent } of [first, second]) await agent.kill();
  await own.stop();
});
