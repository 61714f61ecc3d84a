/**
 * The built reconciler against a real API server, with no more rights than its manifest gives: what it frees and keeps, what it follows,
 * and what is left when it dies.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StatusAnswer } from "../../core/config/admin.ts";
import { formatReservation } from "../../core/kube/reservation.ts";
import { configMaps, events, leases, reservations } from "../../core/kube/resources.ts";
import { reconcilerPolicy } from "../support/agent-policy.ts";
import { type RunningAgent, watchProcess } from "../support/agent-process.ts";
import { type ApiServer, startApiServer } from "../support/api-server.ts";
import { pathOf } from "../support/api-server-client.ts";
import { claim, holder, place } from "../support/samples.ts";
import { ensureTools } from "../tools/install.ts";

const bundle = new URL("../../dist/reconciler/main.mjs", import.meta.url).pathname;
const patience = { timeout: 30_000, interval: 100 };
const hasty = ["--grace", "1", "--waiting", "1"];

let server: ApiServer;
const running = new Set<RunningAgent>();
beforeAll(async () => {
  const outcome = await ensureTools("test", (line) => console.log(line));
  if (outcome.kind !== "ready") throw new Error(outcome.message);
  server = await startApiServer();
}, 1_200_000);
afterAll(async () => {
  await Promise.all([...running].map((one) => one.kill()));
  await server.stop();
});

type Stage = {
  readonly namespace: string;
  /** This machine's Node, and one that has gone. */
  readonly node: string;
  readonly start: (...args: readonly string[]) => RunningAgent;
  /** The last octets of what is held. */
  readonly held: () => Promise<readonly number[]>;
  readonly lease: (octet: number, options: LeaseOptions) => Promise<void>;
  readonly schedule: (text: string) => Promise<void>;
};

type LeaseOptions = { readonly node: string; readonly pod: string; readonly uid?: string; readonly bootId?: string };

async function createStage(): Promise<Stage> {
  const namespace = await server.namespace("reconciler");
  const node = `node-of-${namespace}`;
  await server.fakeNode(node);
  const { kubeconfig } = await server.account({ namespace, name: "berth-reconciler", ...reconcilerPolicy });
  const put = (name: string, data: object) => {
    const path = pathOf(configMaps, namespace, name);
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data };
    const contentType = "application/apply-patch+yaml";
    return server.client.ask({ method: "PATCH", path: `${path}?fieldManager=test&force=true`, body, contentType });
  };
  await put("berth", { whereabouts: "absent" });
  return {
    namespace,
    node,
    start: (...args) => {
      const child = spawn(process.execPath, [bundle, "--kubeconfig", kubeconfig, ...args], {
        stdio: ["ignore", "pipe", "pipe"],
        env: { PATH: process.env["PATH"], NODE_NAME: node, BERTH_ADMIN_SOCKET: "/nowhere/admin.sock" },
      });
      const started = watchProcess(child);
      running.add(started);
      return started;
    },
    held: async () => {
      const { object } = await server.client.request({ method: "GET", path: pathOf(reservations, namespace) });
      const items = object["items"] as readonly { readonly metadata: { readonly name: string } }[];
      return items.map(({ metadata }) => Number(metadata.name.split(".").at(-1))).sort((a, b) => a - b);
    },
    lease: async (octet, { node: on, pod, uid = "uid", bootId: boot = "an-earlier-boot" }) => {
      const text = `10.96.0.${octet}`;
      const evidence = { kind: "seen", path: "/run/netns/gone", device: "4", inode: "7", bootId: boot } as const;
      const made = claim(text, {
        place: place(text, { network: "quay", pool: "10.96.0.0/24" }),
        holder: holder({ node: on, pod: { namespace, name: pod, uid }, evidence }),
      });
      const body = formatReservation(made, { namespace, journal: "journal" });
      await server.client.ask({ method: "POST", path: pathOf(reservations, namespace), body: { ...body } });
    },
    schedule: async (text) => void (await put("whereabouts-config", { reconciler_cron_expression: text })),
  };
}

/** Leases 1 to 3 are stale by rule 1, 4 and 5 by rule 2; 6 to 8 live, the last one on a Node that has gone. */
async function fill({ namespace, node, lease }: Stage): Promise<void> {
  const lost = `lost-${node}`;
  for (const octet of [1, 2, 3]) await lease(octet, { node, pod: `gone-${octet}` });
  for (const octet of [4, 5]) await lease(octet, { node: lost, pod: `gone-${octet}` });
  const living = [
    { octet: 6, name: "a", on: node },
    { octet: 7, name: "b", on: node },
    { octet: 8, name: "c", on: lost },
  ];
  for (const { octet, name, on } of living) {
    const { metadata } = await server.pod({ namespace, name, node: on });
    await lease(octet, { node: on, pod: name, uid: metadata.uid ?? "" });
  }
}

/** What an agent says of itself on its admin socket. */
function statusOf(node: string): StatusAnswer {
  return {
    kind: "done",
    version: "test",
    protocol: 1,
    schema: 1,
    store: "kubernetes",
    node,
    since: 0,
    ready: { ok: true, reasons: [] },
    journal: { path: "/nowhere", full: false },
    spool: { path: "/nowhere", files: 0 },
    leases: 0,
    freeing: 0,
    intents: 0,
  };
}

describe("berth-reconciler by hand", () => {
  test("frees what is proven stale, and nothing else; what the elected member judges only with --all", async () => {
    const stage = await createStage();
    await fill(stage);
    const own = stage.start("--once", ...hasty);
    expect(await own.ended, own.lines.join("\n")).toBe(0);
    expect(await stage.held()).toEqual([4, 5, 6, 7, 8]);
    expect(own.lines.join("\n")).toContain("freed: 3 by rule 1");
    const all = stage.start("--once", "--all", ...hasty);
    expect(await all.ended, all.lines.join("\n")).toBe(0);
    expect(await stage.held()).toEqual([6, 7, 8]);
    expect(all.lines.join("\n")).toContain("freed: 2 by rule 2");
  });

  test("shows its plan and changes nothing", async () => {
    const stage = await createStage();
    await fill(stage);
    const dry = stage.start("--dry-run", "--all", "--output", "json");
    expect(await dry.ended, dry.lines.join("\n")).toBe(0);
    const text = dry.lines.filter((line) => !line.startsWith("A suspect is freed")).join("\n");
    const { plan, summary }: { plan: readonly { verdict: string; rule: number | null }[]; summary: object } =
      JSON.parse(text);
    expect(plan.filter(({ verdict }) => verdict === "suspect").map(({ rule }) => rule)).toEqual([1, 1, 1, 2, 2]);
    expect(summary).toMatchObject({ lookedAt: 8, suspects: 5, failed: 0 });
    const table = stage.start("--dry-run", "--all");
    expect(await table.ended).toBe(0);
    expect(table.lines[0]).toMatch(/^ADDRESS +NETWORK +NODE +POD +VERDICT$/);
    expect(await stage.held()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("killed in the middle of freeing leaves what the next run finishes", async () => {
    const stage = await createStage();
    const { node, namespace } = stage;
    const { metadata } = await server.pod({ namespace, name: "lives", node });
    await stage.lease(1, { node, pod: "lives", uid: metadata.uid ?? "" });
    for (let octet = 2; octet < 120; octet += 1) await stage.lease(octet, { node, pod: `gone-${octet}` });
    const killed = stage.start("--once", ...hasty);
    await expect.poll(async () => (await stage.held()).length, { timeout: 30_000, interval: 5 }).toBeLessThan(119);
    await killed.kill();
    expect(await stage.held()).toContain(1);
    const next = stage.start("--once", ...hasty);
    expect(await next.ended, next.lines.join("\n")).toBe(0);
    expect(await stage.held()).toEqual([1]);
  });

  test("leaves to an agent that answers on this machine what that gives back itself", async () => {
    const stage = await createStage();
    await stage.lease(1, { node: stage.node, pod: "gone" });
    const directory = mkdtempSync(join(tmpdir(), "r-"));
    const socket = join(directory, "admin.sock");
    const agent = createServer((_request, response) => response.end(JSON.stringify(statusOf(stage.node))));
    await new Promise<void>((resolve) => agent.listen(socket, resolve));
    const run = stage.start("--once", "--admin-socket", socket, ...hasty);
    expect(await run.ended, run.lines.join("\n")).toBe(0);
    expect(run.lines.join("\n")).toContain("keep: its-agent");
    expect(await stage.held()).toEqual([1]);
    agent.close();
    rmSync(directory, { recursive: true });
  });

  test("told to end while it waits ends at once, with 1, and frees nothing more", async () => {
    const stage = await createStage();
    await stage.lease(1, { node: stage.node, pod: "gone" });
    const run = stage.start("--once");
    await run.line("Some leases seem gone: looking at them once more in 300 s");
    run.signal("SIGTERM");
    expect(await run.ended).toBe(1);
    expect(run.lines.join("\n")).toContain("Ended early");
    expect(await stage.held()).toEqual([1]);
  });

  test("ends with 1 and the missing rule's name when it may not read", async () => {
    const stage = await createStage();
    const { kubeconfig } = await server.account({
      namespace: stage.namespace,
      name: "nobody",
      rules: reconcilerPolicy.rules,
      rulesHere: [],
    });
    const run = stage.start("--once", "--kubeconfig", kubeconfig);
    expect(await run.ended).toBe(1);
    expect(run.lines.join("\n")).toMatch(/cannot list resource "overlappingrangeipreservations"/);
  });
});

describe("berth-reconciler on its schedule", () => {
  const metric = async (http: string, name: string) => {
    const text = await (await fetch(`http://${http}/metrics`)).text();
    return Number(new RegExp(`^${name}(?:\\{.*\\})? (.*)$`, "m").exec(text)?.[1]);
  };

  async function started(stage: Stage) {
    const daemon = stage.start("--http", "127.0.0.1:0", ...hasty);
    const { http }: { http: string } = JSON.parse(await daemon.line("The reconciler runs"));
    return { daemon, http };
  }

  test("follows its ConfigMap within 5 s, and tells a wrong expression in three places", {
    timeout: 120_000,
  }, async () => {
    const stage = await createStage();
    await stage.schedule("30 4 * * *");
    const { daemon, http } = await started(stage);
    await daemon.line("Runs every day at 04:30 (UTC)");
    const before = await metric(http, "berth_reconcile_next_run_timestamp");
    expect(before).toBeGreaterThan(Date.now() / 1000);

    const changedAt = performance.now();
    await stage.schedule("TZ=Europe/Berlin 15 3 * * *");
    await daemon.line("Runs every day at 03:15 (Europe/Berlin)");
    expect(performance.now() - changedAt).toBeLessThan(5_000);
    const inForce = await metric(http, "berth_reconcile_next_run_timestamp");
    expect(inForce).not.toBe(before);

    await stage.schedule("every full moon");
    const line = await daemon.line("Cannot read schedule");
    expect(line).toContain("every day at 03:15 (Europe/Berlin), from the configmap");
    expect(await metric(http, "berth_reconcile_schedule_valid")).toBe(0);
    await expect
      .poll(async () => {
        const { text } = await server.client.request({ method: "GET", path: pathOf(events, stage.namespace) });
        return text;
      }, patience)
      .toContain("BerthInvalidSchedule");
    expect(await metric(http, "berth_reconcile_next_run_timestamp")).toBe(inForce);

    await stage.schedule("30 4 * * *");
    await expect.poll(() => metric(http, "berth_reconcile_schedule_valid"), patience).toBe(1);
    await daemon.stop();
  });

  test("frees what is stale as the elected member, counts it, and gives its Lease up at the end", {
    timeout: 120_000,
  }, async () => {
    const stage = await createStage();
    await fill(stage);
    const lease = async () => {
      const path = pathOf(leases, stage.namespace, "berth-reconciler");
      const { object } = await server.client.request({ method: "GET", path });
      return Reflect.get(Object(object["spec"]), "holderIdentity");
    };
    await stage.schedule("@every 2s");
    const { daemon, http } = await started(stage);
    await expect.poll(() => stage.held(), patience).toEqual([6, 7, 8]);
    await expect.poll(() => metric(http, 'berth_reconcile_runs_total\\{outcome="ok"\\}'), patience).toBeGreaterThan(0);
    expect(await metric(http, "berth_reconcile_elected")).toBe(1);
    expect(await lease()).toBe(stage.node);
    expect(await (await fetch(`http://${http}/healthz`)).text()).toBe("ok\n");
    expect(await (await fetch(`http://${http}/readyz`)).text()).not.toContain("API server");
    daemon.signal("SIGTERM");
    expect(await daemon.ended).toBe(0);
    expect(await lease()).toBe("");
  });

  test("is not ready until the API server has answered, and says so", { timeout: 120_000 }, async () => {
    const stage = await createStage();
    server.pause();
    const daemon = stage.start("--http", "127.0.0.1:0", ...hasty);
    const { http }: { http: string } = JSON.parse(await daemon.line("The reconciler runs"));
    const readiness = async () => (await fetch(`http://${http}/readyz`)).text();
    expect(await readiness()).toContain("the API server has not been read yet");
    await daemon.line("Cannot follow the schedule: expected an answer of the API server");
    server.resume();
    await expect.poll(readiness, patience).not.toContain("API server");
    await daemon.line("Runs every day at 04:30 (UTC)");
    await daemon.stop();
  });
});
