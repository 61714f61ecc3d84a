/**
 * One watch: a request whose answer goes on for minutes, line by line. It takes no slot and has no budget; it ends in order, by the
 * server's word, or with its connection.
 *
 * @module
 */
import type { Clock, Signal } from "../../core/ports/clock.ts";
import type { Unanswered, WatchEnd, WatchEvent, WatchQuery } from "../../core/ports/kube-api.ts";
import type { Metrics } from "../../core/ports/metrics.ts";
import type { Random } from "../../core/ports/random.ts";
import type { Credentials } from "./credentials.ts";
import type { Exchange } from "./exchange.ts";
import { judge } from "./judge-exchange.ts";
import type { Line } from "./line.ts";
import { createLines } from "./lines.ts";
import { watchEvent, watchRefusal } from "./read-answer.ts";
import { watchPath } from "./request-path.ts";
import { untilAborted } from "./until-aborted.ts";

/** How long the server is asked to go on: spread, so that the watches of a cluster do not end together. */
const leastSeconds = 240;
const spreadSeconds = 240;
/** A server that does not end it then is not waited for. */
const overtimeMs = 15_000;

export type WatchRequest = {
  readonly query: WatchQuery;
  /** The path below which the API is. */
  readonly below: string;
  readonly headers: { readonly [name: string]: string };
  readonly onEvent: (event: WatchEvent) => void;
  readonly signal: Signal;
};

export type WatchOptions = {
  readonly line: Line;
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
  /** The server has to agree within so long, ms. */
  readonly callMs: number;
  /** Of one line. */
  readonly answerBytesMax: number;
};

/** Never rejects. */
export async function watch(request: WatchRequest, options: WatchOptions): Promise<WatchEnd> {
  const { credentials } = options;
  for (let isRenewed = false; ; isRenewed = true) {
    const edition = credentials.edition();
    const attempted = await attempt(request, options, isRenewed);
    if (attempted.kind !== "renew") return attempted;
    await untilAborted(credentials.renew(edition), request.signal);
    if (request.signal.aborted) return { kind: "ended" };
    if (credentials.edition() === edition) return attempted.end;
  }
}

type Attempted = WatchEnd | { readonly kind: "renew"; readonly end: WatchEnd };

async function attempt(request: WatchRequest, options: WatchOptions, isRenewed: boolean): Promise<Attempted> {
  const { line, credentials } = options;
  const stops = startStops(request.signal, options);
  try {
    const opened = await line.open(stops.signal);
    if (opened.kind === "none")
      return request.signal.aborted ? ended : unanswered(`no connection to the API server: ${opened.reason}`);
    const who = credentials.headers();
    if (who.kind === "missing") {
      await untilAborted(credentials.refresh(), stops.signal);
      return unanswered(who.reason);
    }
    const { query, below, onEvent } = request;
    const told = createTold(onEvent, stops, options.answerBytesMax);
    const seconds = leastSeconds + Number(options.random.below(BigInt(spreadSeconds)));
    const path = `${below}${watchPath(query, seconds)}`;
    const headers = { ...request.headers, ...who.headers };
    const exchange = await opened.connection.watch(
      { method: "GET", path, headers, body: undefined },
      { signal: stops.signal, onBegin: () => stops.begin(seconds * 1000 + overtimeMs), onPiece: told.take },
    );
    if (exchange.kind === "answered") line.answered();
    const outcome = exchange.kind === "answered" ? String(exchange.status) : outcomes[stops.why()];
    options.metrics.count("berth_api_requests_total", { verb: "watch", resource: query.resource.plural, outcome });
    return told.end() ?? endOf(exchange, stops.why(), isRenewed);
  } finally {
    stops.done();
  }
}

const ended: WatchEnd = { kind: "ended" };

/** Why it was broken off from here, if it was. */
type Why = "lost" | "late" | "wanted" | "over" | "spoilt";

/** For metrics. */
const outcomes = { lost: "lost", late: "late", wanted: "ended", over: "ended", spoilt: "ended" } as const;

function endOf(exchange: Exchange, why: Why, isRenewed: boolean): Attempted {
  if (why === "wanted" || why === "over") return ended;
  if (exchange.kind === "lost") return unanswered(why === "late" ? "no answer in time" : exchange.reason);
  if (exchange.status >= 200 && exchange.status < 300) return ended;
  const judged = judge(exchange, { isRead: true, isRenewed, isRepeated: true });
  if (judged.kind === "again") return unanswered(judged.reason);
  const end = watchRefusal(exchange);
  return judged.kind === "renew" ? { kind: "renew", end } : end;
}

type Stops = {
  readonly signal: Signal;
  readonly begin: (longestMs: number) => void;
  readonly stop: (why: Why) => void;
  readonly why: () => Why;
  readonly done: () => void;
};

function startStops(wanted: Signal, { clock, callMs }: WatchOptions): Stops {
  const stopped = new AbortController();
  const begun = new AbortController();
  let why: Why = "lost";
  const stop = (because: Why) => {
    if (stopped.signal.aborted) return;
    why = because;
    stopped.abort();
  };
  const stopAfter = (ms: number, because: Why, unless: Signal) =>
    void clock.wait(ms, unless).then(() => unless.aborted || stop(because));
  const whenWanted = () => stop("wanted");
  const done = new AbortController();
  wanted.addEventListener("abort", whenWanted);
  if (wanted.aborted) whenWanted();
  stopAfter(callMs, "late", begun.signal);
  return {
    signal: stopped.signal,
    begin: (longestMs) => {
      begun.abort();
      stopAfter(longestMs, "over", done.signal);
    },
    stop,
    why: () => why,
    done: () => {
      wanted.removeEventListener("abort", whenWanted);
      begun.abort();
      done.abort();
    },
  };
}

/** Hands on what the server tells, up to its last word, or to something that is not its own. */
function createTold(onEvent: (event: WatchEvent) => void, stops: Stops, bytesMax: number) {
  let end: WatchEnd | undefined;
  const finish = (last: WatchEnd) => {
    end ??= last;
    stops.stop("spoilt");
  };
  const lines = createLines(bytesMax, (text) => {
    if (end !== undefined || stops.signal.aborted) return;
    const event = watchEvent(text);
    if (event === undefined) finish(unanswered("the API server told something that is not its own"));
    else if (event.kind === "error") finish(event.end);
    else onEvent(event);
  });
  return {
    take: (piece: Buffer) => {
      if (!lines.take(piece)) finish(unanswered(`the API server told more than ${bytesMax} bytes at once`));
    },
    end: () => end,
  };
}

function unanswered(reason: string): Unanswered {
  return { kind: "unknown", reason, mayLand: false };
}
