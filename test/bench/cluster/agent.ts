/**
 * What an agent takes of its machine.
 *
 * @module
 */
import { nodes, type Peers } from "./plan.ts";
import { costOf } from "./cost.ts";
import { percentile, type Report } from "./figures.ts";
import type { Bench } from "./peers.ts";
import { residentMiBOf } from "./process-facts.ts";

/** One agent with 1,000 leases, and all of them when nothing happens. */
export async function agentCase(bench: Bench, { berth }: Peers, report: Report): Promise<void> {
  const idle = berth.agents?.nodes.map(({ agent }) => residentMiBOf(agent?.pid ?? 0)) ?? [];
  report.figure({ name: "agent, resident: median of all", berth: percentile(idle, 0.5), unit: "MiB" });
  const batch = { name: "one-net", ipam: { range: "10.40.0.0/16", network_name: "one" } };
  // Numbers of one node only.
  for (let at = 0; at < 1_000; at += 10)
    await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        berth.call({ ...batch, verb: "ADD", count: 1, atOnce: 1, first: (at + n) * nodes }),
      ),
    );
  const [first] = berth.agents?.nodes ?? [];
  report.figure({
    name: "agent with 1,000 leases, resident",
    berth: residentMiBOf(first?.agent?.pid ?? 0),
    unit: "MiB",
    bound: { is: "<=", than: 120, says: "120 MiB" },
  });
  const { agentsCpuMs } = await costOf(bench, berth, () => new Promise((resolve) => setTimeout(resolve, 20_000)));
  report.figure({
    name: "agents, idle: processor time of each in a minute",
    berth: (agentsCpuMs * 3) / nodes,
    unit: "ms",
  });
}
