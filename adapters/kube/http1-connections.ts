/**
 * A few HTTP/1.1 connections that are kept open: for a proxy that speaks nothing newer, and for plain HTTP on this machine.
 *
 * @module
 */
import { Agent as HttpAgent, type ClientRequest, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Duplex } from "node:stream";
import { type ConnectionOptions, TLSSocket } from "node:tls";
import type { Signal } from "../../core/ports/clock.ts";
import type { Connection, Exchange, HttpRequest, Watching } from "./exchange.ts";

export type Http1Options = {
  readonly server: URL;
  readonly identity: string;
  /** Undefined: plain HTTP. */
  readonly tls: ConnectionOptions | undefined;
  /** `http://host:port` of a proxy in between. */
  readonly proxy: string | undefined;
  readonly answerBytesMax: number;
};

/** One request at a time on each: enough that a slow answer does not hold up the others. */
const socketsMax = 8;

export function createHttp1Connections({ server, identity, tls, proxy, answerBytesMax }: Http1Options): Connection {
  const proxyEnv = proxy === undefined ? {} : { proxyEnv: { HTTPS_PROXY: proxy } };
  const keep = { keepAlive: true, keepAliveMsecs: 30_000, maxSockets: socketsMax, noDelay: true, ...proxyEnv };
  const agent = tls === undefined ? new HttpAgent(keep) : new HttpsAgent({ ...keep, ...tls });
  const alone = { keepAlive: false, noDelay: true, ...proxyEnv };
  const watchAgent = tls === undefined ? new HttpAgent(alone) : new HttpsAgent({ ...alone, ...tls });
  let isOpen = true;
  let underWay = 0;
  const close = () => {
    isOpen = false;
    agent.destroy();
    watchAgent.destroy();
  };
  const send = tls === undefined ? httpRequest : httpsRequest;
  return {
    identity,
    isOpen: () => isOpen,
    // What does not fit waits for its turn in the agent, and counts as not sent.
    roomFor: () => Number.POSITIVE_INFINITY,
    exchange: async ({ method, path, headers, body }, signal) => {
      underWay += 1;
      const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
      const options = { method, agent, path, headers: { ...mutable(headers), ...length } };
      const ended = await exchange(send(server, options), { body, signal, answerBytesMax });
      underWay -= 1;
      // The next request makes itself known as one on a new connection.
      if (ended.kind === "lost" && ended.isConnection) isOpen = false;
      if (!isOpen && underWay === 0) agent.destroy();
      return ended;
    },
    // It would keep one of the few from the others.
    watch: ({ method, path, headers }, watching) => {
      const options = { method, path, headers: mutable(headers), agent: watchAgent };
      return exchange(send(server, options), { body: undefined, signal: watching.signal, answerBytesMax, watching });
    },
    retire: () => {
      isOpen = false;
      if (underWay === 0) close();
    },
    close,
  };
}

type Bounds = {
  readonly body: string | undefined;
  readonly signal: Signal;
  readonly answerBytesMax: number;
  readonly watching?: Watching;
};

function exchange(request: ClientRequest, { body, signal, answerBytesMax, watching }: Bounds): Promise<Exchange> {
  return new Promise((resolve) => {
    let maySent = false;
    const late = () => request.destroy(new Error("no answer in time"));
    const end = (exchange: Exchange) => {
      signal.removeEventListener("abort", late);
      resolve(exchange);
    };
    const fail = (error: Error) => {
      const isConnection = !signal.aborted;
      end({ kind: "lost", reason: error.message, maySent, isConnection });
    };
    signal.addEventListener("abort", late);
    request.once("socket", (socket) => {
      if (!socket.connecting && !isShakingHands(socket)) maySent = true;
      else socket.once(socket instanceof TLSSocket ? "secureConnect" : "connect", () => (maySent = true));
    });
    request.on("error", fail);
    request.once("response", (response) => {
      const pieces: Buffer[] = [];
      let bytes = 0;
      const { statusCode: status = 0, headers } = response;
      const told = status >= 200 && status < 300 ? watching : undefined;
      told?.onBegin();
      response.on("data", (piece: Buffer) => {
        if (told !== undefined) return told.onPiece(piece);
        pieces.push(piece);
        bytes += piece.length;
        if (bytes > answerBytesMax) request.destroy(new Error(`an answer of more than ${answerBytesMax} bytes`));
      });
      response.once("error", fail);
      response.once("end", () => {
        const text = Buffer.concat(pieces, bytes).toString("utf8");
        end({ kind: "answered", status, retryAfter: headers["retry-after"], date: headers.date, text });
      });
    });
    request.end(body);
    if (signal.aborted) late();
  });
}

/** A TLS socket that has connected, and has not agreed on keys. */
function isShakingHands(socket: Duplex): boolean {
  return socket instanceof TLSSocket && socket.getProtocol() === null;
}

function mutable(headers: HttpRequest["headers"]): { [name: string]: string | string[] } {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === "string" ? value : [...value]]),
  );
}
