/**
 * One agent from its start to its orderly stop, over ports: main.ts builds the real ones, the crash suite wraps them.
 *
 * @module
 */
import { Flow } from "../../core/flow/flow.ts";
import type { FlowPorts } from "../../core/flow/ports.ts";
import { createCanceller } from "../../core/flow/canceller.ts";
import { formatAddress } from "../../core/ip/address-text.ts";
import type { Signal } from "../../core/ports/clock.ts";
import type { StatusAnswer } from "../../core/config/admin.ts";
import { serveAdmin } from "./serve-admin.ts";
import { type CallServer, serveCalls } from "./serve-calls.ts";

export type AgentOptions = {
  readonly ports: FlowPorts;
  /** Why it cannot serve, from memory: STATUS and the probes ask nobody. Empty when it can. */
  readonly notReady: () => readonly string[];
  /** What `GET /v1/status` adds to what the agent itself knows. */
  readonly facts: () => Omit<
    Extract<StatusAnswer, { kind: "done" }>,
    "kind" | "leases" | "freeing" | "intents" | "since" | "ready" | "cluster"
  > & {
    /** Where its objects are; undefined on the embedded store. */
    readonly cluster: { readonly namespace: string; readonly kubeconfig: string | null } | undefined;
  };
  readonly socket: string;
  readonly adminSocket: string;
  /** `host:port` of /metrics, /healthz and /readyz, or "off"; they are on the admin socket in any case. */
  readonly http: string;
  readonly sweepMs: number;
  readonly limits: { readonly inFlightMax: number; readonly queueMax: number };
  readonly metricsText: () => Promise<string>;
};

export type Agent = {
  /** Answers what was begun, then leaves. */
  readonly stop: () => Promise<void>;
};

/** The spool is written down before the agent listens, and watched after (DESIGN 2). */
export async function runAgent(options: AgentOptions): Promise<Agent> {
  const { ports } = options;
  const { log } = ports;
  const end = createCanceller();
  const flow = new Flow(ports);
  const notReady = () => [...options.notReady(), ...flow.trouble];
  const recovered = await flow.start();
  log.info("Recovered from the journal", recovered);
  const answerer = { flow, clock: ports.clock, log, notReady };
  let calls: CallServer | undefined;
  const since = ports.clock.nowMs();
  // First, so that a port that is taken ends the agent before a launcher has come.
  const admin = await serveAdmin({
    ...options,
    notReady,
    flow,
    status: () => statusOf({ ...options, notReady }, flow, since),
    metricsText: async () => {
      await measure(options, flow, calls?.load() ?? { inFlight: 0, queued: 0 });
      return options.metricsText();
    },
  });
  const serving = await serveCalls({
    socket: options.socket,
    limits: options.limits,
    answerer,
    metrics: ports.metrics,
  });
  calls = serving;
  const watch = ports.spool.watch((call) => flow.accept(call));
  const sweeping = sweepAlways(flow, options, end.signal);
  log.info("The agent listens", {
    socket: options.socket,
    admin: options.adminSocket,
    http: admin.http,
    node: ports.node,
  });
  return {
    stop: async () => {
      log.info("The agent is stopping: what was begun is answered first");
      end.cancel();
      await serving.stop();
      await watch.stop();
      await admin.stop();
      await sweeping;
      flow.stop();
    },
  };
}

/** Sets what is a state, not an event, when somebody asks for it. */
async function measure(
  { facts, ports: { metrics } }: AgentOptions,
  flow: Flow,
  load: ReturnType<CallServer["load"]>,
): Promise<void> {
  for (const [state, count] of Object.entries(await flow.counts())) metrics.set("berth_leases", count, { state });
  metrics.set("berth_calls_in_flight", load.inFlight);
  metrics.set("berth_calls_queued", load.queued);
  metrics.set("berth_journal_unwritable", facts().journal.full ? 1 : 0);
}

async function statusOf({ facts, notReady, ports }: AgentOptions, flow: Flow, since: number): Promise<StatusAnswer> {
  const { lease, freeing, intent } = await flow.counts();
  const reasons = notReady();
  const { cluster, ...others } = facts();
  return {
    kind: "done",
    ...others,
    cluster: cluster === undefined ? undefined : { ...cluster, ...watchOf(flow, ports.clock.nowMs()) },
    since,
    ready: { ok: reasons.length === 0, reasons: [...reasons] },
    leases: lease,
    freeing,
    intents: intent,
  };
}

/** An answer has its bound. */
const doubtsMax = 200;

/** Times on the wall clock, for people. */
function watchOf({ watch, reclaiming }: Flow, nowMs: number) {
  const at = (msAgo: number | undefined) => (msAgo === undefined ? null : Math.max(0, Math.round(nowMs - msAgo)));
  return {
    mode: watch?.mode ?? null,
    confirmed: at(watch?.confirmedMsAgo),
    compared: at(watch?.comparedMsAgo),
    conflicts: watch?.conflicts ?? 0,
    doubts: reclaiming.doubts.slice(0, doubtsMax).map(({ place, by, why }) => ({
      network: place.network,
      address: formatAddress(place.address),
      by,
      why,
    })),
  };
}

/** At start and then at the interval; earlier for suspects whose time has come. A sweep that fails is told and tried again. */
async function sweepAlways(flow: Flow, { ports, sweepMs }: AgentOptions, end: Signal): Promise<void> {
  while (!end.aborted) {
    try {
      const count = await flow.sweep();
      if (count.freed + count.unproven + count.suspects > 0) ports.log.info("Swept the leases of this node", count);
    } catch (error) {
      ports.log.error("Cannot sweep the leases of this node: expected a journal that can be read", {
        reason: String(error),
      });
    }
    await ports.clock.wait(flow.reclaiming.pauseMs(sweepMs), end);
  }
}
