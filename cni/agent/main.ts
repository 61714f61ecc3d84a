/**
 * The node's agent: builds what touches the world, and runs.
 *
 * @module
 */
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterfaces } from "../../adapters/netns/interfaces.ts";
import { createNamespaces } from "../../adapters/netns/namespaces.ts";
import { createLog } from "../../adapters/observe/log.ts";
import { createMetrics } from "../../adapters/observe/metrics.ts";
import { openSpool } from "../../adapters/spool/open-spool.ts";
import { createJournal } from "../../adapters/sqlite/journal.ts";
import { openStateFile } from "../../adapters/sqlite/open.ts";
import { createReserve } from "../../adapters/sqlite/reserve.ts";
import { schemaVersion } from "../../adapters/sqlite/schema.ts";
import { createEmbeddedStore } from "../../adapters/sqlite/store.ts";
import { createClock } from "../../adapters/system/clock.ts";
import { createFlatFiles } from "../../adapters/system/flat-files.ts";
import { lock } from "../../adapters/system/lock.ts";
import { createRandom } from "../../adapters/system/random.ts";
import { defaultLimits } from "../../core/flow/ports.ts";
import { version } from "../../core/version.ts";
import { protocolVersion } from "../../core/wire/protocol.ts";
import { end, readSettings } from "./command-line.ts";
import { runAgent } from "./run-agent.ts";

const settings = readSettings(process.argv.slice(2));
const { socket, adminSocket, http, spool: spoolDir, stateDir, nodeName: node, limits } = settings;
mkdirSync(stateDir, { recursive: true, mode: 0o700 });
// Kept in a variable: a lock that is collected as garbage is a lock that is gone.
const locks = [
  lock(join(stateDir, "agent.lock"), `state directory "${stateDir}"`),
  lock(`${socket}.lock`, `socket "${socket}"`),
];
for (const one of locks) if (one.kind === "refused") end(1, one.message);

const statePath = join(stateDir, "berth.db");
const random = createRandom();
const opened = openStateFile(statePath, { journalId: random.id() });
if (opened.kind === "fault") end(1, `${opened.fault.message}\nway out: ${opened.fault.wayOut}`);
const { database } = opened;
const clock = createClock();
const log = createLog(settings.logLevel, "berth-agent");
const metrics = createMetrics();
metrics.set("berth_build_info", 1, { version });
const reserve = createReserve(join(stateDir, "reserve"), clock.nowMs);
const notReady = () =>
  reserve.isKept() ? [] : [`the disk of ${stateDir} is full: new leases are refused, DELs are still recorded`];

const agent = await runAgent({
  ports: {
    store: createEmbeddedStore(database),
    journal: createJournal(database, reserve),
    namespaces: createNamespaces(),
    interfaces: createInterfaces(),
    spool: await openSpool({ directory: spoolDir, log }),
    flatFiles: createFlatFiles(),
    clock,
    random,
    log,
    metrics,
    node,
    choice: "lowest",
    limits: defaultLimits,
  },
  socket,
  adminSocket,
  http,
  sweepMs: settings.sweepSeconds * 1000,
  limits: { inFlightMax: limits.requestsInFlight, queueMax: limits.queue },
  notReady,
  facts: () => ({
    version,
    protocol: protocolVersion,
    schema: schemaVersion,
    store: "embedded",
    node,
    journal: { path: statePath, full: !reserve.isKept() },
    spool: { path: spoolDir, files: readdirSync(spoolDir).length },
  }),
  metricsText: metrics.text,
}).catch((error: unknown) => end(1, error instanceof Error ? error.message : String(error)));

const leave = () =>
  void agent.stop().finally(() => {
    database.close();
    for (const one of locks) if (one.kind === "locked") one.release();
    process.exit(0);
  });
process.once("SIGTERM", leave);
process.once("SIGINT", leave);
