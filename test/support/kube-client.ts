/**
 * The real client of the API server with small times, and what it logged and counted.
 *
 * @module
 */
import type { Access, AccessRead } from "../../adapters/kube/access.ts";
import { createKubeApi, type KubeApiLimits, type OpenKubeApi } from "../../adapters/kube/api.ts";
import { openCredentials } from "../../adapters/kube/credentials.ts";
import { createClock } from "../../adapters/system/clock.ts";
import { createRandom } from "../../adapters/system/random.ts";
import type { Log, LogFields } from "../../core/ports/log.ts";
import type { Metrics } from "../../core/ports/metrics.ts";

export type TestClient = {
  readonly api: OpenKubeApi;
  readonly logged: readonly string[];
  /** Requests by verb, resource and outcome: `create ippools 201` → 3. */
  readonly requests: ReadonlyMap<string, number>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

export const quietLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
export const quietMetrics: Metrics = { count: () => undefined, set: () => undefined, observe: () => undefined };

/** Quick enough for tests, slow enough for a busy machine. */
export const quickLimits: KubeApiLimits = {
  callMs: 2_000,
  connectMs: 1_500,
  busyQuietMs: 200,
  idleQuietMs: 400,
  pongMs: 400,
  inFlightMax: 64,
  queueMax: 4_096,
  answerBytesMax: 1024 * 1024,
};

/** @param access a value, or what reads it anew each time */
export async function startClient(
  access: Access | (() => AccessRead | Promise<AccessRead>),
  limits: Partial<KubeApiLimits> = {},
): Promise<TestClient> {
  const clock = createClock();
  const logged: string[] = [];
  const requests = new Map<string, number>();
  const write = (message: string, fields?: LogFields) => logged.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const log: Log = { debug: write, info: write, warn: write, error: write };
  const metrics: Metrics = {
    count: (name, ...[labels]) => {
      if (name !== "berth_api_requests_total") return;
      const key = Object.values(labels ?? {}).join(" ");
      requests.set(key, (requests.get(key) ?? 0) + 1);
    },
    set: () => undefined,
    observe: () => undefined,
  };
  const read = async (): Promise<AccessRead> => (typeof access === "function" ? access() : { kind: "access", access });
  const opened = await openCredentials({ read, clock, log });
  if (opened.kind === "fault") throw new Error(opened.message);
  const api = createKubeApi({
    credentials: opened.credentials,
    clock,
    random: createRandom(),
    log,
    metrics,
    userAgent: "berth-agent/test (node-1)",
    limits: { ...quickLimits, ...limits },
  });
  return { api, logged, requests, [Symbol.asyncDispose]: async () => api.close() };
}
