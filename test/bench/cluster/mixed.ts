/**
 * Berth beside Whereabouts (mixed mode): the same burst, with the pool's entries written, too.
 *
 * @module
 */
import { nodes } from "./plan.ts";
import { costOf } from "./cost.ts";
import { duplicates, percentile, type Report } from "./figures.ts";
import { type Bench, berthPeer } from "./peers.ts";

const count = 500;
const wide = { ipam: { range: "10.0.0.0/21", network_name: "wide" }, name: "wide-net" };

export async function mixedCase(bench: Bench, report: Report): Promise<void> {
  const berth = await berthPeer(bench, nodes, "present");
  try {
    for (const verb of ["ADD", "DEL"] as const) {
      const batch = { ...wide, verb, count: 2 * nodes, atOnce: nodes, first: 0 };
      await berth.call(batch);
      await berth.settle();
    }
    for (const verb of ["ADD", "DEL"] as const) {
      const batch = { ...wide, verb, count, atOnce: nodes, first: 1_000 };
      const cost = await costOf(bench, berth, () => berth.call(batch));
      const { result } = cost;
      report.figure({
        name: `mixed mode: ${count} ${verb}s, ${nodes} in flight`,
        berth: ((count - result.failed) / result.wallMs) * 1000,
        unit: `${verb}s/s`,
      });
      report.figure({ name: "  p50", berth: percentile(result.eachMs, 0.5), unit: "ms" });
      report.figure({ name: "  p99", berth: percentile(result.eachMs, 0.99), unit: "ms" });
      report.figure({ name: "  failed", berth: result.failed, unit: "" });
      report.figure({ name: "  duplicates", berth: duplicates(result.addresses), unit: "" });
      report.figure({
        name: "  API requests for each",
        berth: cost.requests / count,
        unit: "",
        bound: { is: "<=", than: 2.5, says: "mixed mode" },
      });
      report.note(
        Object.entries(cost.byVerb)
          .map(([name, times]) => `${name} ${times}`)
          .join(", "),
      );
      for (const words of result.words.slice(0, 3)) report.note(`said: ${words}`);
    }
    const one = await berth.call({ ...wide, verb: "ADD", count: 100, atOnce: 1, first: 10_000 });
    report.figure({ name: "mixed mode, one at a time: ADD p50", berth: percentile(one.eachMs, 0.5), unit: "ms" });
  } finally {
    await berth.stop();
  }
}
