/**
 * One call after the other: by 50 nodes in turn and by one node, each beside bare creates made the same way.
 *
 * @module
 */
import { nodes, patienceMs, type Peers, rounds, warmUp, wide } from "./plan.ts";
import { costOf } from "./cost.ts";
import { percentile, type Report } from "./figures.ts";
import { startFloor } from "./floor.ts";
import type { Bench } from "./peers.ts";

const count = 100;

export async function oneCase(bench: Bench, peers: Peers, report: Report): Promise<void> {
  const { berth, whereabouts } = peers;
  await warmUp(peers);
  await using floor = await startFloor(bench.cluster, nodes);
  const bare = { turn: [] as number[], one: [] as number[] };
  const add = { turn: [] as number[], one: [] as number[] };
  const del = { turn: [] as number[], one: [] as number[] };
  let requests = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (const way of ["turn", "one"] as const) {
      bare[way].push(...(way === "turn" ? await floor.createInTurn(count) : (await floor.create(count, 1)).eachMs));
      const batch = { ...wide, count, atOnce: 1, first: 10_000 + 1_000 * round };
      const on = way === "turn" ? batch : { ...batch, onNodes: 1 };
      const cost = await costOf(bench, berth, async () => {
        add[way].push(...(await berth.call({ ...on, verb: "ADD" })).eachMs);
        del[way].push(...(await berth.call({ ...on, verb: "DEL" })).eachMs);
      });
      requests += cost.requests;
    }
  }
  const batch = { ...wide, count: 30, atOnce: 1, first: 10_000, limitMs: patienceMs };
  const theirs = {
    add: await whereabouts.call({ ...batch, verb: "ADD" }),
    del: await whereabouts.call({ ...batch, verb: "DEL" }),
  };
  for (const [way, words, clients] of [
    ["turn", "by all nodes in turn", "all bare clients in turn"],
    ["one", "by one node", "one bare client"],
  ] as const) {
    const bareP50 = percentile(bare[way], 0.5);
    report.figure({
      name: `one at a time, ${words}: ADD p50`,
      berth: percentile(add[way], 0.5),
      whereabouts: percentile(theirs.add.eachMs, 0.5),
      unit: "ms",
      bound: { is: "<=", than: 1.5 * bareP50, says: `1.5 × ${bareP50.toFixed(2)} ms of ${clients}` },
    });
    report.figure({
      name: "  ADD p99",
      berth: percentile(add[way], 0.99),
      whereabouts: percentile(theirs.add.eachMs, 0.99),
      unit: "ms",
    });
    report.figure({
      name: "  DEL p50",
      berth: percentile(del[way], 0.5),
      whereabouts: percentile(theirs.del.eachMs, 0.5),
      unit: "ms",
    });
  }
  report.figure({ name: "  API requests for an ADD and its DEL", berth: requests / (rounds * count * 2), unit: "" });
  report.note(`bare creates by one client: ${(1_000 / percentile(bare.one, 0.5)).toFixed(0)}/s`);
}
