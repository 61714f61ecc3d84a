/**
 * The real agent with shorter times (BERTH_TEST_LIMITS, JSON): what takes it minutes takes a test seconds.
 *
 * @module
 */
import { schemaVersion } from "../../adapters/sqlite/schema.ts";
import { buildAgent } from "../../cni/agent/build-agent.ts";
import { end, readSettings } from "../../cni/agent/command-line.ts";
import { runAgent } from "../../cni/agent/run-agent.ts";
import { stopOnSignal } from "../../cni/agent/stop-on-signal.ts";
import type { FlowLimits } from "../../core/flow/ports.ts";

const built = await buildAgent(readSettings(process.argv.slice(2), schemaVersion));
if (built.kind === "refused") end(1, built.message);
const limits: Partial<FlowLimits> = JSON.parse(process.env["BERTH_TEST_LIMITS"] ?? "{}");
const { ports } = built.options;
const agent = await runAgent({
  ...built.options,
  ports: { ...ports, limits: { ...ports.limits, ...limits } },
});
stopOnSignal(agent, built.close);
