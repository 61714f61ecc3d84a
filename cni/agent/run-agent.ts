/**
 * One agent from its start to its orderly stop, over ports: main.ts builds the real ones, the crash suite wraps them.
 *
 * @module
 */
import { Flow } from "../../core/flow/flow.ts";
import type { FlowPorts } from "../../core/flow/ports.ts";
import { createCanceller } from "../../core/flow/canceller.ts";
import type { Signal } from "../../core/ports/clock.ts";
import { type Health, reasonsNotReady } from "./health.ts";
import { serveAdmin } from "./serve-admin.ts";
import { serveCalls } from "./serve-calls.ts";

export type AgentOptions = {
  readonly ports: FlowPorts;
  readonly health: Health;
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
  const { ports, health } = options;
  const { log } = ports;
  const end = createCanceller();
  const flow = new Flow(ports);
  const recovered = await flow.start();
  log.info("Recovered from the journal", recovered);
  const answerer = { flow, clock: ports.clock, log, notReady: () => reasonsNotReady(health) };
  const calls = await serveCalls({ socket: options.socket, limits: options.limits, answerer, metrics: ports.metrics });
  const admin = await serveAdmin({ ...options, flow });
  const watch = ports.spool.watch((call) => flow.accept(call));
  const sweeping = sweepAlways(flow, options, end.signal);
  log.info("The agent listens", {
    socket: options.socket,
    admin: options.adminSocket,
    http: options.http,
    node: ports.node,
  });
  return {
    stop: async () => {
      log.info("The agent is stopping: what was begun is answered first");
      end.cancel();
      await calls.stop();
      await watch.stop();
      await admin.stop();
      await sweeping;
      flow.stop();
    },
  };
}

/** At start and then at the interval. A sweep that fails is told and tried again. */
async function sweepAlways(flow: Flow, { ports, sweepMs }: AgentOptions, end: Signal): Promise<void> {
  while (!end.aborted) {
    try {
      const count = await flow.sweep();
      if (count.freed > 0 || count.unproven > 0) ports.log.info("Swept the leases of this node", count);
    } catch (error) {
      ports.log.error("Cannot sweep the leases of this node: expected a journal that can be read", {
        reason: String(error),
      });
    }
    await ports.clock.wait(sweepMs, end);
  }
}
