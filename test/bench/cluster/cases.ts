/**
 * What is measured on the API server: bursts, one at a time, and a pool with as many addresses as pods.
 *
 * @module
 */
import { type Cost, costOf } from "./cost.ts";
import { duplicates, percentile, type Report } from "./figures.ts";
import { startFloor } from "./floor.ts";
import { burst, nodes, patienceMs, type Peers, rounds, tight, verbsOf, warmUp, wide } from "./plan.ts";
import type { Bench, Called } from "./peers.ts";

const perCall = ({ requests }: Cost<unknown>, calls: number) => requests / calls;
const rate = ({ statuses, failed, wallMs }: Called) => ((statuses.length - failed) / wallMs) * 1000;

/** Bursts of Berth and of the floor in turn, so that a slow moment meets both; then Whereabouts once. */
export async function burstCase(bench: Bench, peers: Peers, report: Report): Promise<void> {
  const { berth, whereabouts } = peers;
  await warmUp(peers);
  await using floor = await startFloor(bench.cluster, nodes);
  const adds: Cost<Called>[] = [];
  const dels: Cost<Called>[] = [];
  const floors: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    floors.push((burst / (await floor.create(burst, nodes)).wallMs) * 1000);
    const batch = { ...wide, count: burst, atOnce: nodes, first: 1_000 * (round + 1) };
    adds.push(await costOf(bench, berth, () => berth.call({ ...batch, verb: "ADD" })));
    dels.push(await costOf(bench, berth, () => berth.call({ ...batch, verb: "DEL" })));
  }
  const batch = { ...wide, count: burst, atOnce: nodes, first: 1_000, limitMs: patienceMs };
  const peerAdd = await costOf(bench, whereabouts, () => whereabouts.call({ ...batch, verb: "ADD" }));
  const begun = peerAdd.result.statuses.length;
  const peerDel = await costOf(bench, whereabouts, () => whereabouts.call({ ...batch, count: begun, verb: "DEL" }));
  const floorRate = percentile(floors, 0.5);
  const addRate = percentile(
    adds.map(({ result }) => rate(result)),
    0.5,
  );
  report.figure({
    name: `burst of ${burst} ADDs, ${nodes} in flight, by ${nodes} nodes`,
    berth: addRate,
    whereabouts: rate(peerAdd.result),
    unit: "ADDs/s",
    bound: { is: ">=", than: 50 * rate(peerAdd.result), says: "50 × Whereabouts" },
  });
  report.figure({
    name: "  the same, against the floor",
    berth: addRate,
    unit: "ADDs/s",
    bound: { is: ">=", than: 0.7 * floorRate, says: `0.7 × ${floorRate.toFixed(0)}/s of ${nodes} bare clients` },
  });
  reportCalls(report, "ADD", adds, peerAdd);
  reportCalls(report, "DEL", dels, peerDel);
  report.note(`Whereabouts began ${begun} of ${burst} ADDs in ${patienceMs / 1000} s, the rest was cut`);
  for (const words of [...peerAdd.result.words, ...peerDel.result.words].slice(0, 6))
    report.note(`Whereabouts said: ${words}`);
  const close = await costOf(bench, berth, () =>
    berth.call({ ...tight, verb: "ADD", count: burst, atOnce: nodes, first: 1_000 }),
  );
  report.figure({ name: "the burst in a pool of 4 × as many addresses", berth: rate(close.result), unit: "ADDs/s" });
  report.figure({
    name: "  API requests for each ADD",
    berth: perCall(close, burst),
    unit: "",
    bound: { is: "<=", than: 1.25, says: "exclusive mode" },
  });
}

function reportCalls(report: Report, verb: string, ours: readonly Cost<Called>[], theirs: Cost<Called>): void {
  const all = ours.flatMap(({ result }) => result.eachMs);
  const calls = all.length;
  const sum = (of: (cost: Cost<Called>) => number) => ours.reduce((total, cost) => total + of(cost), 0);
  const begun = theirs.result.statuses.length;
  const their = theirs.result;
  for (const [name, part] of [
    ["p50", 0.5],
    ["p99", 0.99],
  ] as const)
    report.figure({
      name: `  ${verb} ${name}`,
      berth: percentile(all, part),
      whereabouts: percentile(their.eachMs, part),
      unit: "ms",
    });
  report.figure({
    name: `  ${verb}s that failed, of ${calls} and of ${begun}`,
    berth: sum(({ result }) => result.failed),
    whereabouts: their.failed,
    unit: "",
  });
  report.figure({
    name: `  ${verb}: duplicates`,
    berth: sum(({ result }) => duplicates(result.addresses)),
    whereabouts: duplicates(their.addresses),
    unit: "",
  });
  report.figure({
    name: `  ${verb}: API requests for each, background included`,
    berth: sum(({ requests }) => requests) / calls,
    whereabouts: perCall(theirs, begun),
    unit: "",
    bound: { is: "<=", than: 1.25, says: "exclusive mode" },
  });
  report.figure({
    name: `  ${verb}: written to etcd for each`,
    berth: sum(({ etcdBytes }) => etcdBytes) / calls / 1024,
    whereabouts: theirs.etcdBytes / begun / 1024,
    unit: "KiB",
  });
  report.figure({
    name: `  ${verb}: processor time for each, agents and programs`,
    berth: sum(({ result, agentsCpuMs }) => result.cpuMs + agentsCpuMs) / calls,
    whereabouts: their.cpuMs / begun,
    unit: "ms",
  });
  report.note(`Berth, last round: ${verbsOf(ours.at(-1) ?? theirs)}`);
  report.note(`Whereabouts: ${verbsOf(theirs)}`);
}

/** As many addresses as pods: filled, deleted, and filled again at once. */
export async function fullCase(bench: Bench, peers: Peers, report: Report): Promise<void> {
  await warmUp(peers);
  for (const peer of [peers.berth, peers.whereabouts]) {
    const isOurs = peer === peers.berth;
    // What Whereabouts can do in the time: it is slow because of its lock, not of the pool's size.
    const count = isOurs ? burst : nodes;
    const last = isOurs ? "10.20.2.244" : "10.20.1.50";
    const pool = {
      name: "full-net",
      ipam: { range: "10.20.0.0/22", range_start: "10.20.1.1", range_end: last, network_name: "full" },
    };
    const batch = { ...pool, count, atOnce: nodes, limitMs: patienceMs };
    const first = await costOf(bench, peer, () => peer.call({ ...batch, verb: "ADD", first: 0 }));
    const refill = await costOf(bench, peer, async () => {
      const gone = await peer.call({ ...batch, verb: "DEL", first: 0 });
      const again = await peer.call({ ...batch, verb: "ADD", first: 10_000 });
      return { gone, again };
    });
    const { gone, again } = refill.result;
    const side = (value: number) => (isOurs ? { berth: value } : { berth: undefined, whereabouts: value });
    const of = `a pool of ${count} addresses and ${count} pods, ${peer.name}`;
    report.figure({ name: `${of}: fill`, ...side(first.result.wallMs / 1000), unit: "s" });
    report.figure({ name: "  failed", ...side(first.result.failed), unit: "" });
    report.figure({ name: "  API requests for each ADD", ...side(perCall(first, count)), unit: "" });
    report.figure({ name: "  deleted and filled again", ...side((gone.wallMs + again.wallMs) / 1000), unit: "s" });
    report.figure({
      name: "  failed",
      ...side(gone.failed + again.failed),
      unit: "",
      ...(isOurs ? { bound: { is: "<=", than: 0, says: "no failure" } as const } : {}),
    });
    report.figure({
      name: "  API requests for each ADD, its DEL before not counted",
      ...side((refill.requests - (refill.byVerb["delete overlappingrangeipreservations"] ?? 0)) / count),
      unit: "",
      ...(isOurs ? { bound: { is: "<=", than: 2.5, says: "refill" } as const } : {}),
    });
    report.figure({ name: "  duplicates", ...side(duplicates(again.addresses)), unit: "" });
    report.figure({ name: "  slowest ADD of the refill", ...side(percentile(again.eachMs, 1) / 1000), unit: "s" });
    report.note(`${peer.name}: ${verbsOf(refill)}`);
    for (const words of again.words.slice(0, 3)) report.note(`${peer.name} said: ${words}`);
    await peer.call({ ...batch, verb: "DEL", first: 10_000 });
    await peer.settle();
  }
}
