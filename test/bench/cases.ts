/**
 * What is measured: one agent, called through the real launcher, and `host-local` beside it in the same rounds.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type AgentPlace,
  agentPlace,
  launch,
  launcherFolder,
  type RunningAgent,
  startAgent,
} from "../support/agent-process.ts";
import { hostLocalProcess } from "../support/host-local.ts";
import { prefill } from "./prefill.ts";
import { median, type Spawner, type Timing } from "./spawn.ts";

export type Bench = { readonly spawn: Spawner; readonly folder: string; readonly netns: string };

export type Peer = {
  /** Starts `count` processes of one verb for the containers from `first` on. */
  readonly call: (verb: "ADD" | "DEL", count: number, atOnce: number, first: number) => Promise<Timing>;
};

const slash8 = (more: object = {}) => ({ ranges: [{ range: "10.0.0.0/8", ...more }] });

export function berthPeer(
  { spawn, netns }: Bench,
  place: AgentPlace,
  ipam: object = slash8(),
  launcher = "berth",
): Peer {
  const input = JSON.stringify({
    cniVersion: "1.0.0",
    name: "bench",
    type: "bridge",
    ipam: { type: "berth", network_name: "bench", ...ipam },
  });
  const args = "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-@;K8S_POD_UID=uid-new-@";
  return {
    call: (verb, count, atOnce, first) =>
      spawn({
        program: join(launcherFolder, launcher),
        count,
        atOnce,
        first,
        input,
        env: {
          PATH: process.env["PATH"] ?? "",
          CNI_COMMAND: verb,
          CNI_CONTAINERID: "container-@",
          CNI_IFNAME: "eth0",
          CNI_NETNS: netns,
          CNI_PATH: launcherFolder,
          CNI_ARGS: args,
          ...place.env,
        },
      }),
  };
}

export function hostLocalPeer({ spawn, folder }: Bench, pluginDir: string): Peer {
  return {
    call: (verb, count, atOnce, first) => {
      const peer = hostLocalProcess({
        verb,
        ranges: [[{ subnet: "10.0.0.0/8" }]],
        containerId: "container-@",
        dataDir: join(folder, "host-local"),
        pluginDir,
      });
      const env = Object.fromEntries(Object.entries(peer.env).map(([name, value]) => [name, value ?? ""]));
      return spawn({
        program: peer.file,
        count,
        atOnce,
        first,
        input: peer.input,
        env: { ...env, CNI_ARGS: "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-@" },
      });
    },
  };
}

export type Row = {
  readonly name: string;
  readonly berth: number;
  readonly peer?: number;
  readonly unit: string;
  readonly limit?: string;
};

/** ADD and DEL, rounds of both peers in turn so that a slow moment meets both. */
export async function compare(berth: Peer, peer: Peer): Promise<readonly Row[]> {
  const one = {
    berth: { ADD: [] as number[], DEL: [] as number[] },
    peer: { ADD: [] as number[], DEL: [] as number[] },
  };
  const many = structuredClone(one);
  for (let round = 0; round < 12; round += 1) {
    for (const [name, side] of [
      ["berth", berth],
      ["peer", peer],
    ] as const) {
      for (const verb of ["ADD", "DEL"] as const) {
        one[name][verb].push(...(await side.call(verb, 20, 1, round * 100)).eachMs);
      }
      for (const verb of ["ADD", "DEL"] as const) {
        many[name][verb].push((await side.call(verb, 50, 50, 10_000 + round * 100)).wallMs);
      }
    }
  }
  return [
    {
      name: "ADD, one at a time",
      berth: median(one.berth.ADD),
      peer: median(one.peer.ADD),
      unit: "ms",
      limit: "0.6 × host-local",
    },
    { name: "DEL, one at a time", berth: median(one.berth.DEL), peer: median(one.peer.DEL), unit: "ms" },
    {
      name: "ADD, 50 at once, until the last",
      berth: median(many.berth.ADD),
      peer: median(many.peer.ADD),
      unit: "ms",
      limit: "0.5 × host-local",
    },
    { name: "DEL, 50 at once, until the last", berth: median(many.berth.DEL), peer: median(many.peer.DEL), unit: "ms" },
  ];
}

export type Filled = {
  readonly leases: number;
  readonly addMs: number;
  readonly delMs: number;
  readonly idleMiB: number;
  readonly usedMiB: number;
};

/** An agent with so many leases: ADD and DEL, and its memory after a sweep and after the calls. */
export async function withLeases(
  bench: Bench,
  leases: number,
): Promise<{ measure: () => Promise<void>; result: () => Filled; stop: () => Promise<void> }> {
  const place = agentPlace(join(bench.folder, `l${leases}`));
  await prefill(place.stateDir, leases, bench.netns);
  const agent = await startAgent(place, { args: ["--log-level", "warn"], isStarting: true });
  await waitUntilItAnswers(place);
  const idleMiB = residentMiB(agent);
  const peer = berthPeer(bench, place);
  // Warm: the first ADD of a pool reads it from the store.
  await peer.call("ADD", 20, 1, 0);
  await peer.call("DEL", 20, 1, 0);
  const adds: number[] = [];
  const dels: number[] = [];
  let round = 1;
  return {
    measure: async () => {
      adds.push(...(await peer.call("ADD", 20, 1, round * 100)).eachMs);
      dels.push(...(await peer.call("DEL", 20, 1, round * 100)).eachMs);
      round += 1;
    },
    result: () => ({ leases, addMs: median(adds), delMs: median(dels), idleMiB, usedMiB: residentMiB(agent) }),
    stop: agent.stop,
  };
}

/** A launcher waits for its agent by itself. */
export async function waitUntilItAnswers(place: AgentPlace): Promise<void> {
  const answer = await launch(place, {
    verb: "CHECK",
    netns: "/proc/self/ns/net",
    config: {
      cniVersion: "1.0.0",
      name: "none",
      type: "x",
      ipam: { type: "berth", ranges: [{ range: "10.0.0.0/30" }] },
    },
  });
  if (answer.json.code !== 103) throw new Error(`the agent did not answer: ${answer.stdout}`);
}

export function residentMiB({ pid }: Pick<RunningAgent, "pid">): number {
  const line = readFileSync(`/proc/${pid}/status`, "utf8").match(/VmRSS:\s+(\d+) kB/);
  return Number(line?.[1]) / 1024;
}
