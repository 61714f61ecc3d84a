/**
 * `npm run bench:kube-client`: clients of the API server side by side, on one real API server in one run: a create, and what
 * memory it takes. Decided by it: docs/decisions/0010-kubernetes-client.md.
 *
 * @module
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { bundle } from "../../scripts/build-bundle.ts";
import { startApiServer } from "../support/api-server.ts";
import { ensureTools } from "../tools/install.ts";
import type { Measured } from "./kube-client-one.ts";
import { median } from "./spawn.ts";

const rounds = 5;
const kinds = ["none", "http2", "berth", "client-node", "client-node, dispatcher kept"];

const tools = await ensureTools("test", (line) => console.error(line));
if (tools.kind !== "ready") {
  console.error(tools.message);
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), "berth-bench-"));
const program = await bundled(folder);
await using server = await startApiServer();
const namespace = await server.namespace();
const all = new Map<string, Measured[]>(kinds.map((kind) => [kind, []]));
// In turn, so that a slow moment meets all of them.
for (let round = 0; round < rounds; round += 1) {
  for (const kind of kinds) {
    // As the agent runs (docs/decisions/0006-small-heap.md).
    const args = ["--optimize-for-size", program, kind, server.admin.kubeconfig, namespace];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const measured: Measured = JSON.parse(stdout);
    all.get(kind)?.push(measured);
  }
}
console.log(`Node ${process.versions.node}, medians of ${rounds} rounds, etcd without fsync\n`);
console.log("client                         one create, ms   500 at once, ms   resident, MiB   after 100 creates, MiB");
for (const [kind, measured] of all) {
  const of = (field: keyof Measured) => median(measured.map((one) => one[field]));
  const cells = [
    of("oneMs").toFixed(2),
    of("manyMs").toFixed(0),
    of("residentMiB").toFixed(0),
    of("readyMiB").toFixed(0),
  ];
  console.log(`${kind.padEnd(30)} ${cells.map((cell, at) => cell.padStart([14, 17, 15, 24][at] ?? 10)).join(" ")}`);
}
await server.stop();
rmSync(folder, { recursive: true });
process.exit(0);

/** As it is installed: a client that is not asked for is in a file of its own. */
async function bundled(folder: string): Promise<string> {
  const root = join(import.meta.dirname, "../..");
  const entry = join(import.meta.dirname, "kube-client-one.ts");
  await build({
    entryPoints: [entry],
    outdir: join(folder, "bench"),
    outExtension: { ".js": ".mjs" },
    banner: {
      js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
    },
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node24",
  });
  await bundle({
    entry: join(root, "adapters/kube/access-program.ts"),
    out: join(folder, "kube/access-program.mjs"),
    version: "bench",
    format: "esm",
    target: "node24",
    name: "the reader of kubeconfigs",
  });
  return join(folder, "bench/kube-client-one.mjs");
}
