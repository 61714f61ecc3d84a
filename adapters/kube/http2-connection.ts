/**
 * One HTTP/2 connection: many requests at once, asked whether it lives when it is silent.
 *
 * @module
 */
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from "node:http2";
import type { TLSSocket } from "node:tls";
import type { Clock, Signal } from "../../core/ports/clock.ts";
import type { Connection, ConnectionTimes, Exchange, HttpRequest, Watching } from "./exchange.ts";
import { beatWhile } from "./heartbeat.ts";

export type Http2Options = {
  readonly socket: TLSSocket;
  readonly origin: string;
  readonly identity: string;
  readonly clock: Clock;
  readonly times: ConnectionTimes;
  readonly answerBytesMax: number;
};

/** How much a server may send ahead of what is read, bytes: a page of a list at once. */
const windowBytes = 1024 * 1024;

export function createHttp2Connection(options: Http2Options): Connection {
  const { socket, origin, identity, clock, times, answerBytesMax } = options;
  const session = connect(origin, {
    createConnection: () => socket,
    settings: { enablePush: false, initialWindowSize: windowBytes },
  });
  // It may have ended before its beginning is told.
  session.once("connect", () => !session.destroyed && session.setLocalWindowSize(4 * windowBytes));
  const state: State = {
    session,
    underWay: 0,
    ended: undefined,
    lastTaken: undefined,
    heard: () => undefined,
  };
  const end = (reason: string) => {
    state.ended ??= reason;
    session.destroy();
  };
  session.on("error", (error) => (state.ended ??= error.message));
  session.on("goaway", (_code, lastStreamId) => {
    state.lastTaken = lastStreamId;
    state.ended ??= "the server closes the connection";
  });
  state.heard = beatWhile({
    clock,
    times,
    isBusy: () => state.underWay > 0,
    ping: (pong) => !session.destroyed && session.ping(pong),
    giveUp: end,
    onEnd: (stop) => session.once("close", stop),
  });
  return {
    identity,
    isOpen: () => state.ended === undefined && !session.closed && !session.destroyed,
    roomFor: () => (session.destroyed ? 1 : (session.remoteSettings?.maxConcurrentStreams ?? Number.POSITIVE_INFINITY)),
    exchange: async (request, signal) => {
      state.underWay += 1;
      const ended = await exchange(state, request, { signal, answerBytesMax });
      state.underWay -= 1;
      return ended;
    },
    // Not busy: the other end owes no answer.
    watch: (request, watching) => exchange(state, request, { signal: watching.signal, answerBytesMax, watching }),
    retire: () => {
      state.ended ??= "its credentials are no longer used";
      session.close();
    },
    close: () => end("closed"),
  };
}

type State = {
  readonly session: ClientHttp2Session;
  underWay: number;
  /** Why it takes no more requests. */
  ended: string | undefined;
  /** From GOAWAY: streams with a higher id were not worked on. */
  lastTaken: number | undefined;
  /** Told whenever something comes from the server. */
  heard: () => void;
};

type Bounds = { readonly signal: Signal; readonly answerBytesMax: number; readonly watching?: Watching };

function exchange(state: State, request: HttpRequest, { signal, answerBytesMax, watching }: Bounds): Promise<Exchange> {
  const stream = opened(state, request);
  if (typeof stream === "string")
    return Promise.resolve({ kind: "lost", reason: stream, maySent: false, isConnection: true });
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    let head: Head | undefined;
    let isWhole = false;
    let why: string | undefined;
    const stop = (reason: string) => {
      why ??= reason;
      stream.close(constants.NGHTTP2_CANCEL);
    };
    const late = () => stop("no answer in time");
    signal.addEventListener("abort", late);
    stream.once("response", (headers) => {
      state.heard();
      const date = headers.date;
      head = { status: Number(headers[":status"]), retryAfter: headers["retry-after"], date };
      if (isAgreed(head)) watching?.onBegin();
    });
    stream.on("data", (piece: Buffer) => {
      state.heard();
      if (watching !== undefined && isAgreed(head)) return watching.onPiece(piece);
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > answerBytesMax) stop(`an answer of more than ${answerBytesMax} bytes`);
    });
    // A connection that is given up ends its streams as if the server had.
    stream.once("end", () => (isWhole = !state.session.destroyed));
    stream.once("error", (error) => (why ??= error.message));
    stream.once("close", () => {
      signal.removeEventListener("abort", late);
      const isAnswered = head !== undefined && isWhole && why === undefined && stream.rstCode === 0;
      if (isAnswered && head !== undefined)
        resolve({ kind: "answered", ...head, text: Buffer.concat(pieces, bytes).toString("utf8") });
      else resolve(lost(state, stream, why));
    });
    if (signal.aborted) late();
  });
}

type Head = {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly date: string | undefined;
};

function isAgreed(head: Head | undefined): boolean {
  return head !== undefined && head.status >= 200 && head.status < 300;
}

/** A text: why no request can be made on this connection. */
function opened(state: State, { method, path, headers, body }: HttpRequest): ClientHttp2Stream | string {
  if (state.ended !== undefined) return state.ended;
  try {
    const stream = state.session.request(
      {
        ":method": method,
        ":path": path,
        ...mutable(headers),
      },
      { endStream: body === undefined },
    );
    if (body !== undefined) stream.end(body);
    return stream;
  } catch (error) {
    return error instanceof Error ? error.message : "closed";
  }
}

function mutable(headers: HttpRequest["headers"]): { [name: string]: string | string[] } {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === "string" ? value : [...value]]),
  );
}

function lost(state: State, stream: ClientHttp2Stream, why: string | undefined): Exchange {
  const { lastTaken, ended, session } = state;
  const isTurnedAway =
    stream.rstCode === constants.NGHTTP2_REFUSED_STREAM ||
    // Without an id it was still waiting for its turn.
    stream.id === undefined ||
    (lastTaken !== undefined && stream.id > lastTaken);
  const isConnection = session.destroyed || ended !== undefined;
  const reason = (isConnection ? ended : undefined) ?? why ?? "the server broke off its answer";
  return { kind: "lost", reason: why === "no answer in time" ? why : reason, maySent: !isTurnedAway, isConnection };
}
