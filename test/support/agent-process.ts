/**
 * The real agent as a process of its own, in a directory of its own, and the real launcher against it.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onInterruption } from "./interruption.ts";

const root = new URL("../..", import.meta.url).pathname;
const agentBundle = join(root, "dist/agent/main.mjs");
export const launcherFolder = join(root, "dist/cni");

/** Where one agent has its sockets, its spool and its state: outlives the process, as on a node. */
export type AgentPlace = {
  readonly directory: string;
  readonly socket: string;
  readonly adminSocket: string;
  readonly spool: string;
  readonly stateDir: string;
  /** What a launcher needs to find it. */
  readonly env: { readonly BERTH_SOCKET: string; readonly BERTH_SPOOL: string };
};

/** @param directory short: a socket's path has 107 bytes */
export function agentPlace(directory: string): AgentPlace {
  mkdirSync(directory, { recursive: true });
  const socket = join(directory, "agent.sock");
  const spool = join(directory, "spool");
  return {
    directory,
    socket,
    adminSocket: join(directory, "admin.sock"),
    spool,
    stateDir: join(directory, "state"),
    env: { BERTH_SOCKET: socket, BERTH_SPOOL: spool },
  };
}

export type RunningAgent = {
  readonly pid: number;
  /** All lines of standard output and error so far. */
  readonly lines: readonly string[];
  /** Waits for a line that contains `text`, also one that was printed before. Rejects when the agent ends first. */
  readonly line: (text: string) => Promise<string>;
  readonly signal: (name: NodeJS.Signals) => void;
  /** Resolves when the process has ended, with its status, or the signal's name. */
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly kill: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

export type AgentRun = {
  readonly bundle?: string;
  readonly args?: readonly string[];
  /** A command that executes the rest of its line, as `nice` does. */
  readonly within?: readonly string[];
  readonly env?: { readonly [name: string]: string };
  /** Resolve at once, not only when it listens. */
  readonly isStarting?: boolean;
};

/** Starts it and waits until it listens. */
export async function startAgent(place: AgentPlace, run: AgentRun = {}): Promise<RunningAgent> {
  const { bundle = agentBundle, args = [], within = [], env = {} } = run;
  const own = [
    "--socket",
    place.socket,
    "--admin-socket",
    place.adminSocket,
    "--spool",
    place.spool,
    "--state-dir",
    place.stateDir,
    "--http",
    "off",
  ];
  const [file = "", ...line] = [...within, process.execPath, bundle, ...own, ...args];
  const child = spawn(file, line, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const agent = watchProcess(child);
  if (run.isStarting !== true) await agent.line("The agent listens");
  return agent;
}

/** What a program prints, and how it ends. */
export function watchProcess(child: ChildProcess): RunningAgent {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const check of waiting) check();
  };
  const withdraw = onInterruption(() => void child.kill("SIGKILL"));
  let hasEnded = false;
  const ended = new Promise<number | NodeJS.Signals>((resolve) =>
    child.once("close", (status, signal) => {
      hasEnded = true;
      withdraw();
      wake();
      resolve(status ?? signal ?? 1);
    }),
  );
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      wake();
    });
  }
  const signal = (name: NodeJS.Signals) => void child.kill(name);
  const end = async (name: NodeJS.Signals) => {
    signal(name);
    await ended;
  };
  return {
    pid: child.pid ?? 0,
    lines,
    ended,
    signal,
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
    line: (text) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const found = lines.find((line) => line.includes(text));
          if (found === undefined && !hasEnded) return;
          waiting.delete(check);
          if (found === undefined)
            reject(new Error(`the program ended before it printed "${text}":\n${lines.join("\n")}`));
          else resolve(found);
        };
        waiting.add(check);
        check();
      }),
  };
}

export type Launch = {
  readonly verb: string;
  readonly containerId?: string;
  readonly ifName?: string;
  readonly netns?: string;
  readonly args?: string;
  readonly config: object;
  /** Path of the launcher; default: the one in C. */
  readonly launcher?: string;
};

export type Launched = {
  readonly status: number;
  readonly stdout: string;
  readonly json: {
    readonly ips?: readonly { readonly address: string }[];
    readonly code?: number;
    readonly msg?: string;
    readonly details?: string;
  };
};

/** Executes the real launcher, as a runtime does. */
export function launch(place: AgentPlace, call: Launch): Promise<Launched> {
  const {
    verb,
    containerId = "c1",
    ifName = "net1",
    netns = "",
    args = "",
    config,
    launcher = join(launcherFolder, "berth"),
  } = call;
  const env = {
    CNI_COMMAND: verb,
    CNI_CONTAINERID: containerId,
    CNI_IFNAME: ifName,
    CNI_NETNS: netns,
    CNI_ARGS: args,
    CNI_PATH: launcherFolder,
    ...place.env,
  };
  return new Promise((resolve, reject) => {
    const child = spawn(launcher, [], {
      env: { PATH: process.env["PATH"], ...env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    child.once("error", reject);
    child.once("close", (status) =>
      resolve({ status: status ?? 1, stdout, json: stdout === "" ? {} : (JSON.parse(stdout) as Launched["json"]) }),
    );
    // A launcher that needs no standard input may have gone.
    child.stdin.on("error", () => undefined).end(JSON.stringify(config));
  });
}

export function removePlace(place: AgentPlace): void {
  rmSync(place.directory, { recursive: true, force: true });
}
