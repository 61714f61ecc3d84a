/**
 * The socket that launchers speak to. A connection is one call; when it closes before the answer, the launcher has gone.
 *
 * @module
 */
import { createServer, type Socket } from "node:net";
import { formatFailure } from "../../core/cni/format-result.ts";
import { failure } from "../../core/failure/failure.ts";
import { createCanceller } from "../../core/flow/canceller.ts";
import type { LauncherRequest } from "../../core/ports/launcher-request.ts";
import type { Metrics } from "../../core/ports/metrics.ts";
import { encodeAnswer } from "../../core/wire/answer.ts";
import { headerBytesMax, stdinBytesMax } from "../../core/wire/protocol.ts";
import { decodeRequest } from "../../core/wire/request.ts";
import { type Answer, answerCall, type Answerer } from "./answer-call.ts";
import { Gate, type GateLimits } from "./gate.ts";
import { listen } from "./listen.ts";
import { turnAway } from "./turn-away.ts";

/** A launcher sends at once; who is slower than this is none. */
const requestTimeoutMs = 10_000;

/** As many as are read only to be told that too many wait. */
const toldMax = 256;

export type CallServer = {
  /** Stops listening, answers what was begun, and resolves when all of it is answered. */
  readonly stop: () => Promise<void>;
  /** How many calls are worked on, and how many wait. */
  readonly load: () => { readonly inFlight: number; readonly queued: number };
};

export type CallServerOptions = {
  readonly socket: string;
  readonly limits: GateLimits;
  readonly answerer: Answerer;
  readonly metrics: Metrics;
};

export async function serveCalls(options: CallServerOptions): Promise<CallServer> {
  const gate = new Gate(options.limits);
  const open = new Set<Promise<void>>();
  let isStopping = false;
  const server = createServer((socket) => {
    const done = serveOne(options, gate, socket, () => isStopping).finally(() => open.delete(done));
    open.add(done);
  });
  // Who is not even read yet costs memory, too: beyond those who can be told, a connection is closed at once.
  server.maxConnections = options.limits.inFlightMax + options.limits.queueMax + toldMax;
  await listen(server, options.socket);
  return {
    load: () => ({ inFlight: gate.inFlight, queued: gate.queued }),
    stop: async () => {
      isStopping = true;
      server.close();
      await Promise.allSettled(open);
    },
  };
}

async function serveOne(
  options: CallServerOptions,
  gate: Gate,
  socket: Socket,
  isStopping: () => boolean,
): Promise<void> {
  const launcher = createCanceller();
  socket.on("error", () => socket.destroy());
  socket.on("close", launcher.cancel);
  const request = await readRequest(socket);
  if (request === undefined) return void socket.destroy();
  if (request.kind === "answer") return write(options, socket, request.answer);
  const startedNs = process.hrtime.bigint();
  const answer = isStopping()
    ? undefined
    : await gate.pass(() => answerCall(options.answerer, request.request, launcher.signal));
  if (answer === undefined) {
    const refused = turnAway(request.request, isStopping() ? "Stopping" : "Overloaded");
    return refused === undefined ? void socket.destroy() : write(options, socket, refused);
  }
  options.metrics.observe("berth_call_seconds", Number(process.hrtime.bigint() - startedNs) / 1e9, {
    verb: labelOf(answer.verb),
  });
  return write(options, socket, answer);
}

const verbs = new Set(["ADD", "DEL", "CHECK", "GC", "STATUS", "VERSION"]);

/** What is no verb would be a metric of its own for each caller's invention (invariant 9). */
function labelOf(verb: string): string {
  return verbs.has(verb) ? verb : "other";
}

type Read =
  | { readonly kind: "request"; readonly request: LauncherRequest }
  | { readonly kind: "answer"; readonly answer: Answer };

/** @returns undefined when the peer went away, or was too slow. */
function readRequest(socket: Socket): Promise<Read | undefined> {
  return new Promise((resolve) => {
    let bytes: Buffer = Buffer.alloc(0);
    const end = (read: Read | undefined) => {
      socket.setTimeout(0);
      socket.removeAllListeners("data");
      // Stays flowing, so that the peer's end is noticed.
      socket.resume();
      resolve(read);
    };
    socket.setTimeout(requestTimeoutMs, () => end(undefined));
    socket.once("close", () => end(undefined));
    socket.on("data", (chunk: Buffer) => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      const decoded = decodeRequest(bytes);
      if (decoded.kind === "request") end(decoded);
      else if (decoded.kind !== "more") end({ kind: "answer", answer: refusal(decoded.kind, decoded.reason) });
      else if (bytes.length > headerBytesMax + stdinBytesMax)
        end({ kind: "answer", answer: refusal("too-large", `at most ${stdinBytesMax} bytes`) });
    });
  });
}

function refusal(kind: "malformed" | "too-large", reason: string): Answer {
  const why = failure(kind === "malformed" ? "InvalidEnvironment" : "RequestTooLarge", "request", reason);
  return { status: 1, stdout: `${formatFailure(why, "1.1.0")}\n`, verb: "", outcome: why.name };
}

/** In one write: a launcher takes half an answer for none. */
async function write({ answerer, metrics }: CallServerOptions, socket: Socket, answer: Answer): Promise<void> {
  metrics.count("berth_calls_total", { verb: labelOf(answer.verb), outcome: answer.outcome });
  const isDelivered = await new Promise<boolean>((resolve) => {
    if (socket.destroyed) return resolve(false);
    socket.once("close", () => resolve(false));
    socket.end(encodeAnswer(answer.status, answer.stdout), (error?: Error | null) => resolve(!error));
  });
  if (!isDelivered && answer.add !== undefined) await answerer.flow.undelivered(answer.add);
}
