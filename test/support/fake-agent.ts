/**
 * A unix socket that behaves as a test wants: what a launcher meets in place of the agent.
 *
 * @module
 */
import { rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import type { LauncherRequest } from "../../core/ports/launcher-request.ts";
import { decodeRequest } from "../../core/wire/request.ts";

/** One connection, from the agent's side. */
export type Visit = {
  /** All that has come. */
  readonly bytes: Buffer;
  readonly request: LauncherRequest;
  /** Sends this and ends the stream. */
  readonly end: (bytes: Uint8Array | string) => void;
  /** Sends this and goes on. */
  readonly write: (bytes: Uint8Array | string) => void;
  /** Closes without a word. */
  readonly close: () => void;
  /** Resolves when the launcher has closed its side. */
  readonly left: Promise<void>;
};

export type FakeAgent = {
  readonly visits: readonly Visit[];
  readonly stop: () => Promise<void>;
};

export type FakeAgentOptions = {
  readonly path: string;
  /** Called when a request has come whole. */
  readonly onVisit: (visit: Visit) => void;
  /** Called when a launcher connects, in place of reading. */
  readonly onConnect?: (socket: Socket) => void;
};

/** Resolves when it listens. */
export async function startFakeAgent(options: FakeAgentOptions): Promise<FakeAgent> {
  const visits: Visit[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    if (options.onConnect !== undefined) options.onConnect(socket);
    else
      readVisit(socket, (visit) => {
        visits.push(visit);
        options.onVisit(visit);
      });
  });
  await listen(server, options.path);
  return {
    visits,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(options.path, { force: true });
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ path, backlog: 1024 }, resolve);
  });
}

function readVisit(socket: Socket, onVisit: (visit: Visit) => void): void {
  let bytes = Buffer.alloc(0);
  const left = Promise.withResolvers<void>();
  socket.once("end", left.resolve);
  socket.once("close", () => left.resolve());
  socket.on("data", (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    const decoded = decodeRequest(bytes);
    if (decoded.kind === "more") return;
    // Bytes that are not UTF-8 are malformed for a real agent too; the test looks at `bytes` then.
    const request =
      decoded.kind === "request"
        ? decoded.request
        : { protocol: 0, started: 0n, budgetMs: 0, env: new Map(), stdin: bytes };
    onVisit({
      bytes,
      request,
      end: (answer) => socket.end(answer),
      write: (part) => socket.write(part),
      close: () => socket.destroy(),
      left: left.promise,
    });
  });
}
