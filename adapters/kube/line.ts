/**
 * The way to the API server: one connection at a time, made when it is needed, made anew with back-off and jitter.
 *
 * @module
 */
import type { Clock, Signal } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Metrics } from "../../core/ports/metrics.ts";
import type { Random } from "../../core/ports/random.ts";
import { type Access, identityOf } from "./access.ts";
import { connectTo } from "./connect.ts";
import type { Credentials } from "./credentials.ts";
import type { Connection, ConnectionTimes } from "./exchange.ts";
import { untilAborted } from "./until-aborted.ts";

const firstPauseMs = 100;
/** Below the time of one call, so that each call that waits sees an attempt. */
const longestPauseMs = 3_000;

export type LineOptions = {
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly times: ConnectionTimes;
  readonly answerBytesMax: number;
};

export type Line = {
  /** Waits for a connection until `signal` aborts. */
  readonly open: (signal: Signal) => Promise<Opened>;
  /** How many requests there is room for at once. */
  readonly roomFor: () => number;
  /** An answer came: the next connection, should one be needed, is made without delay. */
  readonly answered: () => void;
  readonly connections: () => number;
  readonly close: () => void;
};

export type Opened =
  | { readonly kind: "open"; readonly connection: Connection }
  | { readonly kind: "none"; readonly reason: string };

export function createLine(options: LineOptions): Line {
  const { credentials, clock, random, log, metrics } = options;
  const closed = new AbortController();
  let current: { readonly connection: Connection; access: Access } | undefined;
  let attempt: Promise<void> | undefined;
  /** Connections in a row that failed, or on which no answer came. */
  let failures = 0;
  let connections = 0;
  let reason = "there was no time to make one";

  const makeOne = async (): Promise<void> => {
    if (failures > 0) await clock.wait(pauseMs(failures, random), closed.signal);
    await credentials.refresh();
    const access = credentials.access();
    const made = await connectTo(access, options);
    failures += 1;
    const server = new URL(access.server).host;
    if (made.kind === "failed") {
      reason = made.reason;
      if (failures === 1) log.warn("Cannot connect to the API server: trying again", { server, reason });
      return;
    }
    if (closed.signal.aborted) return made.connection.close();
    connections += 1;
    metrics.count("berth_api_connections_total");
    log.info("Connected to the API server", { server, protocol: made.protocol, connections });
    current = { connection: made.connection, access };
  };

  /** The connection, unless it ended or was made for credentials that have been replaced. */
  const usable = (): Connection | undefined => {
    if (current === undefined) return undefined;
    const { connection } = current;
    if (connection.isOpen()) {
      const access = credentials.access();
      if (current.access === access) return connection;
      if (identityOf(access) === connection.identity) {
        current.access = access;
        return connection;
      }
      connection.retire();
    }
    current = undefined;
    return undefined;
  };

  return {
    open: async (signal) => {
      while (!signal.aborted && !closed.signal.aborted) {
        const connection = usable();
        if (connection !== undefined) return { kind: "open", connection };
        attempt ??= makeOne().finally(() => (attempt = undefined));
        await untilAborted(attempt, signal);
      }
      return { kind: "none", reason };
    },
    roomFor: () => current?.connection.roomFor() ?? Number.POSITIVE_INFINITY,
    answered: () => (failures = 0),
    connections: () => connections,
    close: () => {
      closed.abort();
      reason = "closed";
      current?.connection.close();
    },
  };
}

/** Doubled each time, and spread over its second half, so that the nodes of a cluster do not come back as one. */
function pauseMs(failures: number, random: Random): number {
  const whole = Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs);
  return whole / 2 + Number(random.below(BigInt(whole / 2)));
}
