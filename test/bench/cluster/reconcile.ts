/**
 * Two reconcilers over the same cluster of 200 nodes and 10,000 leases, 1,000 of them stale: time, requests, bytes, memory, and what
 * each of them got wrong.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { pools, reservations } from "../../../core/kube/resources.ts";
import type { KubeObject } from "../../../core/ports/kube-api.ts";
import { pathOf } from "../../support/api-server-client.ts";
import type { Cluster } from "../../support/api-server-cluster.ts";
import { startController, whereaboutsRules } from "../../support/whereabouts.ts";
import type { Report } from "./figures.ts";
import {
  addressAt,
  clusterPlan as plan,
  fillBerth,
  fillNodesAndPods,
  fillWhereaboutsCluster,
  leasesOf,
  network,
} from "./fill-cluster.ts";
import type { Bench } from "./peers.ts";
import { residentMiBOf } from "./process-facts.ts";

/** The pause between two looks, s: the product's is 300. It is taken off the wall time. */
const graceSeconds = 1;
/** A run of Whereabouts that takes longer is not waited for. */
const patienceMs = 600_000;

export async function reconcileCase({ cluster }: Bench, report: Report): Promise<void> {
  const podNamespace = await cluster.namespace("pods");
  await fillNodesAndPods(cluster, podNamespace, plan);
  const stale = leasesOf(plan).filter(({ isLost }) => isLost).length;
  report.note(
    `${plan.nodes} nodes, ${plan.lostNodes} of them gone; ${plan.leases} pods; ${plan.leases} leases, ${stale} stale`,
  );
  const berth = await berthRuns(cluster, podNamespace, report);
  const theirs = await whereaboutsRun(cluster, podNamespace, report);
  const pair = (name: string, pick: (run: RunFigures) => number | undefined, unit: string) =>
    report.figure({ name, berth: pick(berth), whereabouts: pick(theirs), unit });
  report.figure({
    name: `a run over ${plan.leases} leases, ${stale} stale: time`,
    berth: berth.seconds,
    whereabouts: theirs.seconds,
    unit: "s",
    bound: { is: "<=", than: theirs.seconds, says: "Whereabouts'" },
  });
  pair("  API requests", ({ requests }) => requests, "");
  pair("  answered by the API server", ({ answeredMiB }) => answeredMiB, "MiB");
  pair("  written to etcd", ({ writtenMiB }) => writtenMiB, "MiB");
  pair("  stale leases left", ({ left }) => left, "");
  pair("  living leases freed", ({ wrong }) => wrong, "");
  report.figure({
    name: "  elected member, most resident memory",
    berth: berth.peakMiB,
    unit: "MiB",
    bound: { is: "<=", than: 150, says: "bound" },
  });
}

type RunFigures = {
  readonly seconds: number;
  readonly requests: number;
  readonly answeredMiB: number;
  readonly writtenMiB: number;
  readonly left: number;
  readonly wrong: number;
  readonly peakMiB?: number;
};

/** The elected member's run, and one of a node that has nothing stale. */
async function berthRuns(cluster: Cluster, podNamespace: string, report: Report): Promise<RunFigures> {
  const home = await cluster.namespace("berth");
  await cluster.client.ask({
    method: "POST",
    path: `/api/v1/namespaces/${home}/configmaps`,
    body: { metadata: { name: "berth" }, data: { whereabouts: "absent" } },
  });
  await fillBerth(cluster, podNamespace, home, plan);
  const access = await cluster.user({ name: "berth-reconciler", groups: ["system:masters"], namespace: home });
  const args = [
    "--once",
    "--kubeconfig",
    access.kubeconfig,
    "--grace",
    String(graceSeconds),
    "--waiting",
    String(graceSeconds),
  ];
  const node = `node-${plan.nodes - 1}`;
  const member = await measured({ cluster, user: access.user, told: report.note }, () =>
    runProgram([...args, "--node-name", node]),
  );
  report.figure({
    name: `a member's run: its node's ${plan.leases / plan.nodes} leases: time`,
    berth: member.seconds,
    unit: "s",
  });
  report.figure({ name: "  API requests", berth: member.requests, unit: "" });
  report.figure({ name: "  answered by the API server", berth: member.answeredMiB, unit: "MiB" });
  const ran = await measured({ cluster, user: access.user, told: report.note }, () =>
    runProgram([...args, "--node-name", node, "--all"]),
  );
  const standing = new Set((await list(cluster, home)).map(({ metadata }) => metadata.name));
  // Whereabouts' reconciler looks at all namespaces.
  await cluster.client.ask({ method: "DELETE", path: pathOf(reservations, home) });
  return { ...ran, seconds: ran.seconds - graceSeconds, ...judged(standing), peakMiB: ran.result };
}

async function whereaboutsRun(cluster: Cluster, podNamespace: string, report: Report): Promise<RunFigures> {
  const home = await cluster.namespace("whereabouts");
  await fillWhereaboutsCluster(cluster, podNamespace, home, plan);
  const access = await cluster.account({ namespace: home, name: "whereabouts", rules: whereaboutsRules });
  const { cron, atMs } = nextMinute();
  await using controller = startController({
    cluster,
    access,
    namespace: home,
    program: "ip-reconciler",
    schedule: cron,
  });
  const log = () => readFileSync(controller.logFile, "utf8");
  await delay(Math.max(0, atMs - Date.now() - 500));
  await until(() => log().includes("starting reconciler run"));
  const ran = await measured({ cluster, user: access.user, told: report.note }, async () => {
    if (!(await until(() => controller.ended() !== undefined || /reconciler run (?:succeeded|failed)/.test(log()))))
      report.note(`Whereabouts had not ended its run after ${patienceMs / 1000} s`);
    for (const line of log().trim().split("\n").slice(-2)) report.note(`Whereabouts said: ${line.slice(0, 200)}`);
  });
  const entries = new Set<string>();
  for (const pool of await list(cluster, home, pools)) for (const name of namesIn(pool)) entries.add(name);
  const reserved = new Set((await list(cluster, home)).map(({ metadata }) => metadata.name));
  const both = judged(new Set([...entries].filter((name) => reserved.has(name))));
  return { ...ran, ...both, left: judged(new Set([...entries, ...reserved])).left };
}

/** So that it runs once: a schedule that comes again while it runs would start it again beside itself. */
function nextMinute(): { readonly cron: string; readonly atMs: number } {
  const atMs = Math.ceil((Date.now() + 5_000) / 60_000) * 60_000;
  const at = new Date(atMs);
  return { cron: `${at.getUTCMinutes()} ${at.getUTCHours()} * * *`, atMs };
}

async function until(isSo: () => boolean): Promise<boolean> {
  const end = performance.now() + patienceMs;
  while (!isSo() && performance.now() < end) await delay(50);
  return isSo();
}

type Measured<Result> = Omit<RunFigures, "left" | "wrong" | "peakMiB"> & { readonly result: Result };

type Measuring = { readonly cluster: Cluster; readonly user: string; readonly told: (line: string) => void };

async function measured<Result>(
  { cluster, user, told }: Measuring,
  work: () => Promise<Result>,
): Promise<Measured<Result>> {
  const mark = cluster.audit.mark();
  const [answered, written] = [
    await answeredBytes(cluster),
    await cluster.etcdMetric("etcd_disk_wal_write_bytes_total"),
  ];
  const begun = performance.now();
  const result = await work();
  const seconds = (performance.now() - begun) / 1000;
  const counts = await cluster.audit.counts({ user, since: mark });
  told(
    Object.entries(counts)
      .map(([verb, count]) => `${verb} ${count}`)
      .join(", "),
  );
  return {
    result,
    seconds,
    requests: Object.values(counts).reduce((sum, count) => sum + count, 0),
    answeredMiB: ((await answeredBytes(cluster)) - answered) / 2 ** 20,
    writtenMiB: ((await cluster.etcdMetric("etcd_disk_wal_write_bytes_total")) - written) / 2 ** 20,
  };
}

/** All that the API server has answered, by its own count: nobody else asks it much meanwhile. */
async function answeredBytes({ client }: Cluster): Promise<number> {
  const { text } = await client.request({ method: "GET", path: "/metrics" });
  const lines = text.split("\n").filter((line) => line.startsWith("apiserver_response_sizes_sum{"));
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

/** @returns most resident memory, MiB */
async function runProgram(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, ["reconciler/main.ts", ...args], { stdio: ["ignore", "ignore", "pipe"] });
  let told = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (told += text));
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, memoryOf(child.pid))), 20);
  const [code] = await new Promise<[number | null]>((resolve) =>
    child.once("close", (...ended) => resolve([ended[0]])),
  );
  clearInterval(timer);
  if (code !== 0) throw new Error(`Cannot run the reconciler: expected exit status 0, got ${String(code)}\n${told}`);
  return peak;
}

function memoryOf(pid: number | undefined): number {
  try {
    // One that ends has none any more.
    return pid === undefined ? 0 : residentMiBOf(pid) || 0;
  } catch {
    return 0;
  }
}

/** @param standing names of what is still held */
function judged(standing: ReadonlySet<string>): { readonly left: number; readonly wrong: number } {
  const leases = leasesOf(plan);
  const isHeld = (lease: (typeof leases)[number]) => standing.has(`${network}-${addressAt(lease)}`);
  return {
    left: leases.filter((lease) => lease.isLost && isHeld(lease)).length,
    wrong: leases.filter((lease) => !lease.isLost && !isHeld(lease)).length,
  };
}

async function list({ client }: Cluster, namespace: string, resource = reservations): Promise<readonly KubeObject[]> {
  const answer = await client.ask({ method: "GET", path: pathOf(resource, namespace) });
  return answer["items"] as readonly KubeObject[];
}

/** As reservations of its entries would be called. */
function namesIn(pool: KubeObject): readonly string[] {
  const spec = pool["spec"] as { range: string; allocations?: object };
  const [a = 0, b = 0, c = 0, d = 0] = (spec.range.split("/")[0] ?? "").split(".").map(Number);
  const base = ((a * 256 + b) * 256 + c) * 256 + d;
  return Object.keys(spec.allocations ?? {}).map((key) => {
    const value = base + Number(key);
    return `${network}-${[24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".")}`;
  });
}
