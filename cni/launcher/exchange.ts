/**
 * One request to the agent and its answer.
 *
 * @module
 */
import { connect, type Socket } from "node:net";
import { answerBytesMax } from "../../core/wire/protocol.ts";
import { type Command, elapsedMs } from "./commands.ts";
import { isSystemError } from "./system.ts";

/** `sun_path` has 108 bytes, one of them NUL. Node would cut a longer path without a word. */
export const socketPathBytesMax = 107;

const retryMs = 50;

/** A connection, or undefined when nobody listens within the command's time. */
export async function reach(command: Command, path: string): Promise<Socket | undefined> {
  for (;;) {
    const tried = await tryConnect(path);
    if (typeof tried !== "string") return tried;
    if (elapsedMs() + retryMs > waitFor(command, tried)) return undefined;
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

/** How long to go on after this error, from the start on. */
function waitFor(command: Command, code: string): number {
  if (code === "ENOENT" || code === "ECONNREFUSED") return command.absentMs;
  return code === "EAGAIN" ? command.busyMs : 0;
}

function tryConnect(path: string): Promise<Socket | string> {
  return new Promise((resolve) => {
    // Half open: an agent that closes its side early shall not end ours before it is judged.
    const socket = connect({ path, allowHalfOpen: true });
    const failed = (error: Error): void => {
      socket.destroy();
      resolve(isSystemError(error) ? (error.code ?? "") : "");
    };
    socket.once("error", failed);
    socket.once("connect", () => {
      socket.off("error", failed);
      resolve(socket);
    });
  });
}

/**
 * Sends the request and reads to the end of the stream. Undefined when it was not sent whole or the time is over. The
 * connection is closed afterwards, which tells the agent that nobody waits any more.
 */
export function exchange(socket: Socket, request: Uint8Array, withinMs: number): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    let isSent = false;
    let isEnded = false;
    const finish = (isWhole: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(isWhole ? Buffer.concat(chunks) : undefined);
    };
    const finishWhenBoth = (): void => {
      if (isSent && isEnded) finish(true);
    };
    const timer = setTimeout(() => finish(false), Math.max(withinMs, 0));
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > answerBytesMax) finish(isSent);
    });
    socket.on("end", () => {
      isEnded = true;
      finishWhenBoth();
    });
    socket.on("error", (error) => finish(isSent && isSystemError(error) && error.code === "ECONNRESET"));
    socket.write(request, (error) => {
      isSent = error === null || error === undefined;
      finishWhenBoth();
    });
  });
}
