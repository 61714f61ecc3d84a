/**
 * Builds what touches the world, for one agent: the only place of this program that knows the adapters.
 *
 * @module
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { createInterfaces } from "../../adapters/netns/interfaces.ts";
import { createNamespaces } from "../../adapters/netns/namespaces.ts";
import { createLog } from "../../adapters/observe/log.ts";
import { createMetrics } from "../../adapters/observe/metrics.ts";
import { openSpool } from "../../adapters/spool/open-spool.ts";
import { createJournal } from "../../adapters/sqlite/journal.ts";
import { openStateFile } from "../../adapters/sqlite/open.ts";
import { createReserve } from "../../adapters/sqlite/reserve.ts";
import { reservePathIn, statePathIn } from "../../adapters/sqlite/state-path.ts";
import { schemaVersion } from "../../adapters/sqlite/schema.ts";
import { createEmbeddedStore } from "../../adapters/sqlite/store.ts";
import { canWriteState } from "../../adapters/sqlite/write-trial.ts";
import { createWriter, type Writer } from "../../adapters/sqlite/writer.ts";
import { createClock } from "../../adapters/system/clock.ts";
import { createFlatFiles } from "../../adapters/system/flat-files.ts";
import { lock } from "../../adapters/system/lock.ts";
import { createRandom } from "../../adapters/system/random.ts";
import type { AgentSettings } from "../../core/config/agent.ts";
import { defaultLimits } from "../../core/flow/ports.ts";
import { version } from "../../core/version.ts";
import { protocolVersion } from "../../core/wire/protocol.ts";
import { watchJournal } from "./journal-health.ts";
import { type OpenedStore, openKubernetesStore } from "./open-store.ts";
import type { AgentOptions } from "./run-agent.ts";

export type Built =
  | { readonly kind: "built"; readonly options: AgentOptions; readonly close: () => void }
  | { readonly kind: "refused"; readonly message: string };

/** Takes the locks, opens the state file and the spool. What is refused says why, and what to do. */
export async function buildAgent(settings: AgentSettings): Promise<Built> {
  const { socket, adminSocket, http, spool: spoolDir, stateDir, nodeName: node, limits } = settings;
  const locks = [
    lock(join(stateDir, "agent.lock"), `state directory "${stateDir}"`),
    lock(`${socket}.lock`, `socket "${socket}"`),
  ];
  for (const one of locks) if (one.kind === "refused") return one;

  const statePath = statePathIn(stateDir);
  const random = createRandom();
  const opened = openStateFile(statePath, { journalId: random.id() });
  if (opened.kind === "fault")
    return { kind: "refused", message: `${opened.fault.message}\nway out: ${opened.fault.wayOut}` };
  const { database } = opened;
  const writer = createWriter(database);
  const clock = createClock();
  const log = createLog(settings.logLevel, "berth-agent");
  const metrics = createMetrics("agent");
  metrics.set("berth_build_info", 1, { version });
  const reserve = createReserve(reservePathIn(stateDir), () => Number(clock.bootNs() / 1_000_000n));
  const { journal, trouble } = watchJournal(
    createJournal(
      database,
      writer,
      reserve,
      settings.store === "kubernetes" ? { remembersFinished: { nowMs: clock.nowMs } } : {},
    ),
    () => canWriteState(database, stateDir),
  );
  const storage = await openStore(settings, { clock, random, log, metrics, journal, node, database, writer });
  if (storage.kind === "refused") return storage;
  const notReady = () => {
    const why = trouble();
    if (!reserve.isKept() || why?.full === true)
      return [`the disk of ${stateDir} is full: new leases are refused, DELs are still recorded`];
    return why === undefined ? [] : [`the journal in ${stateDir} cannot be written: ${why.reason}`];
  };
  const options: AgentOptions = {
    ports: {
      ...storage.ports,
      journal,
      namespaces: createNamespaces(),
      interfaces: createInterfaces(),
      spool: await openSpool({ directory: spoolDir, log }),
      flatFiles: createFlatFiles(),
      clock,
      random,
      log,
      metrics,
      node,
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
      store: settings.store,
      node,
      cluster:
        storage.namespace === undefined
          ? undefined
          : { namespace: storage.namespace, kubeconfig: settings.kubeconfig ?? null },
      journal: { path: statePath, full: notReady().length > 0 },
      spool: { path: spoolDir, files: filesIn(spoolDir) },
    }),
    metricsText: metrics.text,
  };
  // The locks live as long as `close` does: one that is collected as garbage is gone.
  const close = () => {
    storage.close();
    database.close();
    for (const one of locks) if (one.kind === "locked") one.release();
  };
  return { kind: "built", options, close };
}

type StoreNeeds = Parameters<typeof openKubernetesStore>[1] & {
  readonly database: DatabaseSync;
  readonly writer: Writer;
};

async function openStore(settings: AgentSettings, needs: StoreNeeds): Promise<OpenedStore> {
  if (settings.store === "kubernetes") return openKubernetesStore(settings, needs);
  const store = createEmbeddedStore(needs.database, needs.writer);
  return {
    kind: "open",
    ports: { store, cluster: undefined, choice: "lowest" },
    namespace: undefined,
    close: () => undefined,
  };
}

/** The spool may not be there: it is a directory in memory that anybody may remove. */
function filesIn(directory: string): number {
  try {
    return readdirSync(directory).length;
  } catch {
    return 0;
  }
}
