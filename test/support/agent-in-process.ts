/**
 * The agent's call server on a real socket in this process, over a small world.
 *
 * @module
 */
import { createConnection, type Socket } from "node:net";
import { join } from "node:path";
import { serveCalls } from "../../cni/agent/serve-calls.ts";
import type { GateLimits } from "../../cni/agent/gate.ts";
import { encodeRequest } from "../../core/wire/request.ts";
import { temporaryDirectory } from "./state-file.ts";
import type { World } from "./world.ts";

export type CallSocket = {
  readonly path: string;
  /** Counted calls, as `verb outcome`. */
  readonly counted: readonly string[];
  readonly stop: () => Promise<void>;
};

export async function serveWorld(
  world: World,
  limits: GateLimits = { inFlightMax: 16, queueMax: 16 },
): Promise<CallSocket> {
  const directory = temporaryDirectory();
  const path = join(directory.path, "agent.sock");
  const counted: string[] = [];
  const server = await serveCalls({
    socket: path,
    limits,
    answerer: { flow: world.flow, clock: world.clock, log: world.ports.log, notReady: () => [] },
    metrics: {
      count: (_name, ...labels) => void counted.push(Object.values(labels[0] ?? {}).join(" ")),
      set: () => undefined,
      observe: () => undefined,
    },
  });
  return {
    path,
    counted,
    stop: async () => {
      await server.stop();
      directory.remove();
    },
  };
}

/** A launcher's request for a call of container `c1`, interface `net1`. */
export function requestBytes(verb: string, config: object, containerId = "c1"): Uint8Array {
  const variables = {
    COMMAND: verb,
    CONTAINERID: containerId,
    IFNAME: "net1",
    NETNS: "/run/netns/a",
    PATH: "/opt/cni/bin",
  };
  return encodeRequest({
    // Just after the world's clock.
    started: 3_600_000_000_000n,
    budgetMs: 27_000,
    variables: Object.entries(variables).map(([name, value]) => Buffer.from(`CNI_${name}=${value}`)),
    stdin: Buffer.from(JSON.stringify(config)),
  });
}

/** Connects and sends; `answer` is everything that comes before the end. */
export function send(path: string, ...pieces: readonly Uint8Array[]): { socket: Socket; answer: Promise<string> } {
  const socket = createConnection(path);
  const answer = new Promise<string>((resolve) => {
    let text = "";
    socket.setEncoding("utf8").on("data", (piece: string) => (text += piece));
    // A reset is an end without an answer.
    socket.on("error", () => undefined);
    socket.once("close", () => resolve(text));
  });
  for (const piece of pieces) socket.write(piece);
  return { socket, answer };
}
