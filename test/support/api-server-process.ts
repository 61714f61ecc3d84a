/**
 * One long-running server of a test: ends when it is told to, and by the kernel's hand when the test's process ends first.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";

export type ServerProcess = {
  readonly pid: number;
  /** The signal or exit status it ended with; undefined while it runs, or stands still. */
  readonly ended: () => string | undefined;
  /** SIGSTOP and SIGCONT: it holds its connections and answers nothing. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Ends it by SIGKILL, or as told, and waits for that. Nothing happens when it has ended. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
  /** As `stop`, without waiting: for when this process itself is ending. */
  readonly kill: () => void;
};

/**
 * @param logFile gets what it writes; appended to
 * @param variables are added to the environment
 */
export function startServer(
  file: string,
  args: readonly string[],
  logFile: string,
  variables: NodeJS.ProcessEnv = {},
): ServerProcess {
  const log = openSync(logFile, "a");
  // setpriv becomes the server, so that its pid is the server's. pdeathsig: the servers of a test that was killed die, too.
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", file, ...args], {
    stdio: ["ignore", log, log],
    env: { ...process.env, ...variables },
  });
  closeSync(log);
  child.on("error", () => undefined);
  const { pid } = child;
  if (pid === undefined) throw new Error(`Cannot start server "${file}": expected setpriv of util-linux on PATH`);
  const ended = () => child.signalCode ?? child.exitCode?.toString();
  return {
    pid,
    ended,
    pause: () => child.kill("SIGSTOP"),
    resume: () => child.kill("SIGCONT"),
    stop: (signal = "SIGKILL") => stop(child, signal),
    kill: () => child.kill("SIGKILL"),
  };
}

/** The last lines of a server's log, for messages. */
export function lastLines(logFile: string, count = 15): string {
  return existsSync(logFile) ? readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-count).join("\n") : "";
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill(signal);
  await gone;
}

const lowestPort = 20_000;
const highestPort = 32_000;

/**
 * Free TCP ports of 127.0.0.1, below those the kernel gives to outgoing connections: they stay free while a server that is
 * to come back on its port is down.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = lowestPort + Math.floor(Math.random() * (highestPort - lowestPort));
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once("error", () => resolve(false));
  server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  return promise;
}
