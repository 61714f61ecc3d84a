/**
 * The sweep of an agent as a process, on a real API server: which pods a list shows, what a read tells, and that no more rights are
 * needed than the agent has (P17, P18).
 *
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { configMaps, pods, reservations } from "../../core/kube/resources.ts";
import { agentPlace, startAgent } from "../support/agent-process.ts";
import { agentPolicy } from "../support/agent-policy.ts";
import { startApiServer } from "../support/api-server.ts";
import { pathOf } from "../support/api-server-client.ts";
import { createSandboxes } from "../support/cluster-sandboxes.ts";
import { callAgent } from "../support/launcher-client.ts";
import { ensureTools } from "../tools/install.ts";

const config = {
  cniVersion: "1.0.0",
  name: "quay",
  type: "macvlan",
  ipam: { type: "whereabouts", range: "10.95.0.0/28" },
};
const limits = { graceMs: 3_000 };
const node = "sweep-n1";

test("P17, P18: of sandboxes that have gone without a DEL, the leases of pods that live are kept, all others come back", {
  timeout: 300_000,
}, async () => {
  const tools = await ensureTools("test", (line) => console.log(line));
  if (tools.kind !== "ready") throw new Error(tools.message);
  await using server = await startApiServer();
  await using sandboxes = await createSandboxes();
  const namespace = await server.namespace("berth");
  const { kubeconfig } = await server.account({ namespace, name: "berth", ...agentPolicy });
  const ask = (method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: object) =>
    server.client.ask({ method, path, ...(body && { body }) });
  await ask("POST", pathOf(configMaps, namespace), { metadata: { name: "berth" }, data: { whereabouts: "absent" } });
  const directory = mkdtempSync(join(tmpdir(), "s-"));
  const settings = join(directory, "agent.json");
  writeFileSync(settings, JSON.stringify({ sweepSeconds: 1 }));
  const place = agentPlace(join(directory, "a"));
  const bundle = new URL("hasty-agent.ts", import.meta.url).pathname;
  const where = ["--store", "kubernetes", "--kubeconfig", kubeconfig, "--namespace", namespace, "--node-name", node];
  const env = { BERTH_TEST_LIMITS: JSON.stringify(limits) };
  const agent = await startAgent(place, { bundle, args: ["--config", settings, ...where], env });

  const run = async (name: string) => {
    const spec = { nodeName: node, containers: [{ name: "main", image: "none" }] };
    const made = Object(await ask("POST", pathOf(pods, namespace), { metadata: { name }, spec }));
    const sandbox = await sandboxes.create();
    const args = `K8S_POD_NAMESPACE=${namespace};K8S_POD_NAME=${name};K8S_POD_UID=${made.metadata.uid}`;
    const answer = await callAgent(place, { verb: "ADD", containerId: sandbox.id, netns: sandbox.path, args, config });
    expect(answer.status, answer.stdout).toBe(0);
    return { name, sandbox, made };
  };
  const held = async () => {
    const { items } = Object(await ask("GET", pathOf(reservations, namespace)));
    const names: readonly string[] = items.map((one: { spec: { podref: string } }) => one.spec.podref);
    return names.map((podref) => podref.split("/")[1] ?? "").toSorted((a, b) => (a < b ? -1 : 1));
  };
  const [stays, waits, gone, failed] = [await run("stays"), await run("waits"), await run("gone"), await run("failed")];
  for (const one of [waits, gone, failed]) await one.sandbox.end();
  await ask("DELETE", pathOf(pods, namespace, gone.name), { gracePeriodSeconds: 0 });
  await ask("PUT", `${pathOf(pods, namespace, failed.name)}/status`, { ...failed.made, status: { phase: "Failed" } });
  const begun = performance.now();
  await expect.poll(held, { timeout: 30_000, interval: 200 }).toEqual([stays.name, waits.name]);
  expect(performance.now() - begun).toBeGreaterThan(limits.graceMs - 1_000);
  await ask("DELETE", pathOf(pods, namespace, waits.name), { gracePeriodSeconds: 0 });
  await expect.poll(held, { timeout: 30_000, interval: 200 }).toEqual([stays.name]);
  await agent.kill();
  rmSync(directory, { recursive: true, force: true });
});
