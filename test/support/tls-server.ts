/**
 * A server of HTTP/2 over TLS in this process that answers as a test tells it, for clients of the API server.
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import {
  createSecureServer,
  type Http2SecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Access } from "../../adapters/kube/access.ts";
import { certifyUser, createAuthority } from "./api-server-certificates.ts";

export type Seen = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly stream: ServerHttp2Stream;
};

export type TlsServer = {
  /** Of a client that may ask. */
  readonly access: Access;
  readonly directory: string;
  readonly port: number;
  /** All requests so far, whole. */
  readonly seen: readonly Seen[];
  /** Answers what comes from now on. */
  readonly answer: (by: (seen: Seen) => void) => void;
  readonly sessions: ReadonlySet<ServerHttp2Session>;
  /** Breaks every connection. */
  readonly drop: () => void;
  /** Stops listening, and breaks every connection; `listen` begins again on the same port. */
  readonly stop: () => Promise<void>;
  readonly listen: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** On a free port of 127.0.0.1. */
export async function startTlsServer(settings: { readonly maxConcurrentStreams?: number } = {}): Promise<TlsServer> {
  const directory = mkdtempSync(join(tmpdir(), "berth-tls-"));
  await createAuthority(directory);
  const user = await certifyUser(directory, "somebody");
  const text = (name: string) => readFileSync(join(directory, name), "utf8");
  const server = createSecureServer({
    key: text("server.key"),
    cert: text("server.crt"),
    ca: text("ca.crt"),
    requestCert: true,
    settings,
  });
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  const seen: Seen[] = [];
  let by = (one: Seen) => replyJson(one.stream, 200, { metadata: { name: "x" } });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket.on("error", () => undefined));
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("session", (session) => {
    sessions.add(session.on("error", () => undefined));
    session.once("close", () => sessions.delete(session));
  });
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    const pieces: Buffer[] = [];
    stream.on("data", (piece: Buffer) => pieces.push(piece));
    stream.once("end", () => {
      const one = {
        method: String(headers[":method"]),
        path: String(headers[":path"]),
        headers,
        body: Buffer.concat(pieces).toString(),
        stream,
      };
      seen.push(one);
      by(one);
    });
  });
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    drop();
    await closed;
  };
  return {
    directory,
    port,
    seen,
    sessions,
    drop,
    stop,
    answer: (other) => (by = other),
    listen: () => listen(server, port),
    access: {
      server: `https://127.0.0.1:${port}`,
      isVerified: true,
      ca: text("ca.crt"),
      certificate: user.certificate,
      key: user.key,
      headers: {},
      files: [],
      isFromProgram: false,
    },
    [Symbol.asyncDispose]: async () => {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export function replyJson(
  stream: ServerHttp2Stream,
  status: number,
  body: object,
  headers: { readonly [name: string]: string } = {},
): void {
  replyText(stream, status, JSON.stringify(body), { "content-type": "application/json", ...headers });
}

export function replyText(
  stream: ServerHttp2Stream,
  status: number,
  text: string,
  headers: { readonly [name: string]: string } = {},
): void {
  if (stream.destroyed) return;
  stream.respond({ ":status": status, ...headers });
  stream.end(text);
}

function listen(server: Http2SecureServer, port: number): Promise<void> {
  return new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
}
