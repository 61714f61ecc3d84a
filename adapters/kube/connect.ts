/**
 * Makes a connection to the API server: TLS, and the newest HTTP that the other end speaks.
 *
 * @module
 */
import { request } from "node:http";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import type { Clock } from "../../core/ports/clock.ts";
import { type Access, identityOf } from "./access.ts";
import type { Connection, ConnectionTimes } from "./exchange.ts";
import { createHttp1Connections } from "./http1-connections.ts";
import { createHttp2Connection } from "./http2-connection.ts";

export type ConnectOptions = {
  readonly clock: Clock;
  readonly times: ConnectionTimes;
  readonly answerBytesMax: number;
};

export type Connected =
  | { readonly kind: "connected"; readonly connection: Connection; readonly protocol: "h2" | "http/1.1" }
  | { readonly kind: "failed"; readonly reason: string };

/** Never rejects; ends within `times.connectMs`. */
export async function connectTo(access: Access, options: ConnectOptions): Promise<Connected> {
  const { clock, times, answerBytesMax } = options;
  const server = new URL(access.server);
  const identity = identityOf(access);
  const { proxy } = access;
  if (server.protocol === "http:") {
    const plain = createHttp1Connections({ server, identity, tls: undefined, proxy: undefined, answerBytesMax });
    return { kind: "connected", connection: plain, protocol: "http/1.1" };
  }
  const tls = tlsOptions(access, server);
  const made = await secured(tls, { server, proxy, connectMs: times.connectMs });
  if (made.kind === "failed") return made;
  const { socket } = made;
  if (socket.alpnProtocol === "h2") {
    const connection = createHttp2Connection({ socket, origin: server.origin, identity, clock, times, answerBytesMax });
    return { kind: "connected", connection, protocol: "h2" };
  }
  // That it can be reached is known; requests make their own.
  socket.destroy();
  const connection = createHttp1Connections({ server, identity, tls, proxy, answerBytesMax });
  return { kind: "connected", connection, protocol: "http/1.1" };
}

function tlsOptions({ serverName, isVerified, ca, certificate, key }: Access, { hostname }: URL): ConnectionOptions {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  // An address is no name to ask for; the certificate is held against the host all the same.
  const servername = serverName ?? (isIP(host) === 0 ? host : undefined);
  return {
    host,
    rejectUnauthorized: isVerified,
    ...(servername === undefined ? {} : { servername }),
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
  };
}

type Way = { readonly server: URL; readonly proxy: string | undefined; readonly connectMs: number };

type Secured =
  | { readonly kind: "secured"; readonly socket: TLSSocket }
  | { readonly kind: "failed"; readonly reason: string };

async function secured(tls: ConnectionOptions, { server, proxy, connectMs }: Way): Promise<Secured> {
  const tooLate = new AbortController();
  const timer = setTimeout(() => tooLate.abort(), connectMs);
  const port = Number(server.port === "" ? 443 : server.port);
  try {
    const way =
      proxy === undefined ? { port } : { socket: await tunnel(new URL(proxy), `${tls.host}:${port}`, tooLate.signal) };
    return { kind: "secured", socket: await shakeHands({ ...tls, ...way }, tooLate.signal) };
  } catch (error) {
    if (tooLate.signal.aborted) return { kind: "failed", reason: `no connection within ${connectMs} ms` };
    return { kind: "failed", reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

function shakeHands(options: ConnectionOptions, signal: AbortSignal): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ ...options, ALPNProtocols: ["h2", "http/1.1"] });
    const late = () => socket.destroy(new Error("too late"));
    signal.addEventListener("abort", late);
    socket.setNoDelay(true).setKeepAlive(true, 30_000);
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      signal.removeEventListener("abort", late);
      socket.removeListener("error", reject);
      resolve(socket);
    });
    socket.once("close", () => reject(new Error("the server closed the connection while it was made")));
    if (signal.aborted) late();
  });
}

/** RFC 9110, 9.3.6. */
function tunnel(proxy: URL, target: string, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const { username, password } = proxy;
    const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64");
    const headers = { host: target, ...(username === "" ? {} : { "proxy-authorization": `Basic ${login}` }) };
    const asked = request({
      host: proxy.hostname,
      port: proxy.port === "" ? 80 : proxy.port,
      method: "CONNECT",
      path: target,
      headers,
      agent: false,
      signal,
    });
    asked.once("error", reject);
    asked.once("connect", ({ statusCode }, socket) => {
      if (statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new Error(`the proxy answered ${statusCode}`));
    });
    asked.end();
  });
}
