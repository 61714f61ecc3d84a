/**
 * Berth and Whereabouts in pools of many leases that others hold.
 *
 * @module
 */
import { burst, nodes, patienceMs, type Peers, rounds, verbsOf } from "./plan.ts";
import { costOf } from "./cost.ts";
import { percentile, type Report } from "./figures.ts";
import { fillReservations, fillWhereabouts } from "./fill.ts";
import type { Bench, Peer } from "./peers.ts";

const pool = "10.0.0.0/14";
const poolSize = 262_142;

/** Beside leases of other nodes, which the agents do not know of. */
export async function sizesCase(bench: Bench, peers: Peers, report: Report): Promise<void> {
  const { berth } = peers;
  const sizes = [100, 5_000, 60_000];
  for (const count of sizes)
    await fillReservations(bench.cluster, berth.namespace, { network: `n${count}`, pool, count, size: poolSize });
  const one = new Map<number, number[]>(sizes.map((count) => [count, []]));
  const many = new Map<number, number[]>(sizes.map((count) => [count, []]));
  const requests = new Map<number, number>();
  const networkOf = (count: number) => ({ name: `n${count}-net`, ipam: { range: pool, network_name: `n${count}` } });
  for (const count of sizes) {
    const cold = await costOf(bench, berth, () =>
      berth.call({ ...networkOf(count), verb: "ADD", count: 4 * nodes, atOnce: nodes, first: 0 }),
    );
    report.note(
      `${count} leases, the agents' first ${4 * nodes} ADDs of the pool: ${cold.result.wallMs.toFixed(0)} ms, ${verbsOf(cold)}`,
    );
  }
  for (let round = 1; round <= rounds; round += 1)
    for (const count of sizes) {
      const batch = { ...networkOf(count), first: 10_000 * round };
      const cost = await costOf(bench, berth, async () => {
        one.get(count)?.push(...(await berth.call({ ...batch, verb: "ADD", count: 100, atOnce: 1 })).eachMs);
        const all = await berth.call({
          ...batch,
          first: batch.first + 1_000,
          verb: "ADD",
          count: burst,
          atOnce: nodes,
        });
        many.get(count)?.push(all.wallMs);
      });
      requests.set(count, (requests.get(count) ?? 0) + cost.requests / (rounds * (burst + 100)));
    }
  const base = percentile(one.get(100) ?? [], 0.5);
  const baseWall = percentile(many.get(100) ?? [], 0.5);
  const theirs = await whereaboutsSizes(bench, peers.whereabouts, report);
  for (const count of sizes) {
    const own = one.get(count) ?? [];
    const of = `${count.toLocaleString("en")} leases`;
    const bound = (than: number) =>
      count === 60_000 ? { bound: { is: "<=", than, says: "1.3 × with 100" } as const } : {};
    report.figure({
      name: `ADD beside ${of}, one at a time, p50`,
      berth: percentile(own, 0.5),
      whereabouts: theirs.get(count),
      unit: "ms",
      ...bound(1.3 * base),
    });
    report.figure({ name: "  mean", berth: own.reduce((sum, ms) => sum + ms, 0) / own.length, unit: "ms" });
    report.figure({
      name: `  ${burst} ADDs, ${nodes} in flight, until the last`,
      berth: percentile(many.get(count) ?? [], 0.5),
      unit: "ms",
      ...bound(1.3 * baseWall),
    });
    report.figure({ name: "  API requests for each ADD", berth: requests.get(count), unit: "" });
  }
}

async function whereaboutsSizes(bench: Bench, peer: Peer, report: Report): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, number>();
  for (const count of [100, 5_000]) {
    await fillWhereabouts(bench.cluster, peer.namespace, { network: `n${count}`, pool, count });
    const batch = { name: `n${count}-net`, ipam: { range: pool, network_name: `n${count}` }, limitMs: patienceMs / 2 };
    const called = await peer.call({ ...batch, verb: "ADD", count: 20, atOnce: 1, first: 0 });
    found.set(count, percentile(called.eachMs, 0.5));
    if (called.failed > 0) report.note(`Whereabouts beside ${count} leases: ${called.failed} of 20 failed`);
    for (const words of called.words.slice(0, 2)) report.note(`Whereabouts said: ${words}`);
  }
  report.note("Whereabouts has no pool of 60,000: etcd refuses one of 10,140 entries");
  return found;
}
