/**
 * `npm run bench:cluster`: Whereabouts and Berth on one real API server in one run, beside the floor of bare creates;
 * `-- --only burst|one|full|sizes|agent|mixed|reconcile` for one case, `-- --json FILE` and `-- --table FILE` write the figures too. Never a test.
 *
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { startApiServer } from "../../support/api-server.ts";
import { setup as build } from "../../support/build-once.ts";
import { createNamespace } from "../../support/namespaces.ts";
import { ensureTools } from "../../tools/install.ts";
import { createSpawner } from "../spawn.ts";
import { agentCase } from "./agent.ts";
import { burstCase, fullCase } from "./cases.ts";
import { createReport, formatTable, heading } from "./figures.ts";
import { mixedCase } from "./mixed.ts";
import { oneCase } from "./one-at-a-time.ts";
import { berthPeer, whereaboutsPeer } from "./peers.ts";
import { nodes } from "./plan.ts";
import { reconcileCase } from "./reconcile.ts";
import { sizesCase } from "./sizes.ts";

const cases = { burst: burstCase, one: oneCase, full: fullCase, sizes: sizesCase, agent: agentCase } as const;

const tools = await ensureTools("test", (line) => console.error(line));
if (tools.kind !== "ready") {
  console.error(tools.message);
  process.exit(2);
}
await build();
const only = optionOf("--only");
const folder = mkdtempSync(join(tmpdir(), "b-"));
await using namespace = await createNamespace();
// With the queues of a real cluster: without them 200 writes at once are refused.
const flags = ["--enable-priority-and-fairness=true"];
await using cluster = await startApiServer({ fsync: true, flags });
const bench = { cluster, spawn: await createSpawner(folder), folder, netns: namespace.path };
const report = createReport();
const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Node ${process.versions.node}, etcd with fsync, ${nodes} agents`;
console.log(`${machine}\n\n${heading}`);
try {
  if (only === undefined || only === "reconcile") await reconcileCase(bench, report);
  if (only !== "mixed" && only !== "reconcile") {
    const whereabouts = await whereaboutsPeer(bench);
    const berth = await berthPeer(bench, nodes, "absent");
    for (const [name, run] of Object.entries(cases))
      if (only === undefined || only === name) await run(bench, { berth, whereabouts }, report);
    await berth.stop();
  }
  if (only === undefined || only === "mixed") await mixedCase(bench, report);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const file = optionOf("--json");
if (file !== undefined) writeFileSync(file, `${JSON.stringify({ machine, figures: report.figures }, undefined, 2)}\n`);
const table = optionOf("--table");
if (table !== undefined) writeFileSync(table, formatTable(report.figures));
await cluster.stop();
await namespace[Symbol.asyncDispose]();
process.exit(0);

function optionOf(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at === -1 ? undefined : process.argv[at + 1];
}
