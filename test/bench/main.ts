/**
 * `npm run bench`: Berth against `host-local` of the same machine in the same run, as a table; `-- --json FILE` writes the
 * figures too. Never a test: what is fast today may be slow on a busy machine.
 *
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createNamespace } from "../support/namespaces.ts";
import { agentPlace, launcherFolder, startAgent } from "../support/agent-process.ts";
import { setup as build } from "../support/build-once.ts";
import { ensureTools } from "../tools/install.ts";
import { builtPlugins, debianPlugins } from "../tools/places.ts";
import { berthPeer, compare, hostLocalPeer, residentMiB, type Row, waitUntilItAnswers, withLeases } from "./cases.ts";
import { createSpawner, median } from "./spawn.ts";

const tools = await ensureTools("test", (line) => console.error(line));
if (tools.kind !== "ready") {
  console.error(tools.message);
  process.exit(2);
}
await build();
const folder = mkdtempSync(join(tmpdir(), "b-"));
const namespace = await createNamespace();
const bench = { spawn: await createSpawner(folder), folder, netns: namespace.path };
const rows: Row[] = [];
try {
  const place = agentPlace(join(folder, "one"));
  const agent = await startAgent(place);
  const idle = residentMiB(agent);
  const berth = berthPeer(bench, place);
  rows.push(...(await compare(berth, hostLocalPeer(bench, debianPlugins()))));
  const newer = hostLocalPeer({ ...bench, folder: join(folder, "newer") }, builtPlugins());
  const built = await newer.call("ADD", 100, 1, 0);
  rows.push({
    name: "ADD of host-local 1.9.1, one at a time",
    berth: rows[0]?.berth ?? 0,
    peer: median(built.eachMs),
    unit: "ms",
  });
  rows.push({ name: "agent, resident, idle after start", berth: idle, unit: "MiB", limit: "80" });
  for (const [name, ipam] of [
    [
      "ADD in a /8 with 5,000 exclusions",
      {
        ranges: [
          {
            range: "10.0.0.0/8",
            exclude: Array.from({ length: 5000 }, (_, n) => `10.${1 + (n >> 8)}.${n & 255}.0/28`),
          },
        ],
      },
    ],
    ["ADD in a /64", { ranges: [{ range: "fd00:1::/64" }] }],
    ["ADD with an IPv4 and an IPv6 range", { ranges: [{ range: "10.128.0.0/16" }, { range: "fd00:2::/64" }] }],
  ] as const) {
    const peer = berthPeer(bench, place, { ...ipam, network_name: name.length.toString() });
    await peer.call("ADD", 5, 1, 500_000);
    rows.push({ name, berth: median((await peer.call("ADD", 100, 1, 600_000)).eachMs), unit: "ms" });
  }
  for (const [name, program] of [
    ["launcher in C, start to exit (VERSION)", "berth"],
    ["launcher in TypeScript, start to exit (VERSION)", "berth.mjs"],
  ] as const) {
    const timing = await bench.spawn({
      program: join(launcherFolder, program),
      count: 50,
      atOnce: 1,
      first: 0,
      input: '{"cniVersion":"1.0.0"}',
      env: { PATH: process.env["PATH"] ?? "", CNI_COMMAND: "VERSION" },
    });
    rows.push({ name, berth: median(timing.eachMs), unit: "ms" });
  }
  await agent.stop();

  const agents = [];
  for (const leases of [100, 10_000, 60_000]) {
    const filled = await withLeases(bench, leases);
    await waitUntilItAnswers(agentPlace(join(folder, `l${leases}`)));
    agents.push(filled);
  }
  // In turn, so that a slow moment meets all of them.
  for (let round = 0; round < 12; round += 1) for (const filled of agents) await filled.measure();
  const results = agents.map(({ result }) => result());
  const base = results[0]?.addMs ?? Number.NaN;
  for (const { leases, addMs, delMs, usedMiB } of results) {
    rows.push({
      name: `ADD beside ${leases.toLocaleString("en")} leases`,
      berth: addMs,
      peer: base,
      unit: "ms",
      ...(leases === 60_000 ? { limit: "1.3 × with 100" } : {}),
    });
    rows.push({ name: `DEL beside ${leases.toLocaleString("en")} leases`, berth: delMs, unit: "ms" });
    rows.push({
      name: `agent, resident, with ${leases.toLocaleString("en")} leases`,
      berth: usedMiB,
      unit: "MiB",
      ...(leases === 60_000 ? { limit: "110" } : {}),
    });
  }
  for (const { stop } of agents) await stop();
} finally {
  await namespace[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
}
print(rows);
const at = process.argv.indexOf("--json");
if (at !== -1)
  writeFileSync(
    process.argv[at + 1] ?? "bench.json",
    `${JSON.stringify({ machine: machine(), rows }, undefined, 2)}\n`,
  );

function print(all: readonly Row[]): void {
  const width = Math.max(...all.map(({ name }) => name.length));
  console.log(`${machine()}\n\n${"".padEnd(width)}     berth      peer   ratio  bound`);
  for (const { name, berth, peer, unit, limit } of all) {
    const ratio = peer === undefined ? "" : (berth / peer).toFixed(2);
    const other = peer === undefined ? "" : peer.toFixed(2);
    console.log(
      `${name.padEnd(width)}  ${berth.toFixed(2).padStart(8)}  ${other.padStart(8)}  ${ratio.padStart(6)}  ${limit ?? ""} ${unit}`,
    );
  }
}

function machine(): string {
  return `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Node ${process.versions.node}, medians of one run, whole processes from start to exit`;
}
