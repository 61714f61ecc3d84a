/**
 * What a piece of work costs the API server and etcd: requests by verb, from the audit log, and bytes written.
 *
 * @module
 */
import type { Bench, Peer } from "./peers.ts";
import { cpuMsOf } from "./process-facts.ts";

export type Cost<Result> = {
  readonly result: Result;
  /** Of this peer, its background included, until nothing was on its way any more. */
  readonly requests: number;
  /** `create overlappingrangeipreservations` → 500. */
  readonly byVerb: { readonly [verbAndKind: string]: number };
  /** Into etcd's log, by whomever. */
  readonly etcdBytes: number;
  /** Processor time of the peer's agents, ms. */
  readonly agentsCpuMs: number;
};

export async function costOf<Result>(
  { cluster }: Bench,
  peer: Peer,
  work: () => Promise<Result>,
): Promise<Cost<Result>> {
  await peer.settle();
  const since = cluster.audit.mark();
  const bytes = await cluster.etcdMetric("etcd_disk_wal_write_bytes_total");
  const cpu = agentsCpuMs(peer);
  const result = await work();
  await peer.settle();
  const agents = agentsCpuMs(peer) - cpu;
  const counts = await cluster.audit.counts({ user: peer.user, since });
  const etcdBytes = (await cluster.etcdMetric("etcd_disk_wal_write_bytes_total")) - bytes;
  const byVerb = Object.fromEntries(
    Object.entries(counts).map(([verbAndKind, count]) => [verbAndKind.replace(/ .*\//, " "), count]),
  );
  const requests = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { result, requests, byVerb, etcdBytes, agentsCpuMs: agents };
}

function agentsCpuMs({ agents }: Peer): number {
  return (agents?.nodes ?? []).reduce((sum, { agent }) => sum + cpuMsOf(agent?.pid ?? 0), 0);
}
