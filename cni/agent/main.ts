/**
 * The node's agent: reads its settings, runs until it is told to stop.
 *
 * @module
 */
import "./small-heap.ts";
import { schemaVersion } from "../../adapters/sqlite/schema.ts";
import { buildAgent } from "./build-agent.ts";
import { end, readSettings } from "./command-line.ts";
import { runAgent } from "./run-agent.ts";
import { stopOnSignal } from "./stop-on-signal.ts";

const built = await buildAgent(readSettings(process.argv.slice(2), schemaVersion));
if (built.kind === "refused") end(1, built.message);
const agent = await runAgent(built.options).catch((error: unknown) =>
  end(1, error instanceof Error ? error.message : String(error)),
);
stopOnSignal(agent, built.close);
