/**
 * The real agent with one crash in it: it kills itself with SIGKILL at the port call of BERTH_TEST_CRASH_AT, counted from
 * when it listens. With "count" it writes every point it passes to standard error instead.
 *
 * @module
 */
import { writeSync } from "node:fs";
import { schemaVersion } from "../../adapters/sqlite/schema.ts";
import { buildAgent } from "../../cni/agent/build-agent.ts";
import { end, readSettings } from "../../cni/agent/command-line.ts";
import { runAgent } from "../../cni/agent/run-agent.ts";
import { stopOnSignal } from "../../cni/agent/stop-on-signal.ts";
import { withCrashPoints } from "../support/crash-points.ts";

const crashAt = process.env["BERTH_TEST_CRASH_AT"] ?? "count";
let isArmed = false;
let passed = 0;

// Armed from outside, so that start and recovery are over; what follows is the call under test.
process.on("SIGUSR2", () => {
  isArmed = true;
  writeSync(2, "armed\n");
});

const built = await buildAgent(readSettings(process.argv.slice(2), schemaVersion));
if (built.kind === "refused") end(1, built.message);
const ports = withCrashPoints(built.options.ports, ({ call, when }) => {
  if (!isArmed) return;
  passed += 1;
  if (crashAt === "count") writeSync(2, `point ${passed} ${when} ${call}\n`);
  else if (passed === Number(crashAt)) process.kill(process.pid, "SIGKILL");
});
const agent = await runAgent({ ...built.options, ports });
stopOnSignal(agent, built.close);
