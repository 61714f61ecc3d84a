/**
 * Runs one program to its end and says how it ended, without ever throwing for what the program did.
 *
 * @module
 */

import { spawn } from "node:child_process";

export type RunOptions = {
  /** The whole environment; left out: this process's own. */
  readonly env?: NodeJS.ProcessEnv;
  /** Standard input; left out: none (`/dev/null`). */
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
};

export type Finished = {
  /** Exit status; 128 + the signal's number is not made up: a signal gives `null`. 127 when it could not be started. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** Runs `file` with `args`; resolves when it has ended and its output is complete. */
export function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { promise, resolve } = Promise.withResolvers<Finished>();
  const child = spawn(file, args, {
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on("data", (piece: Buffer) => stdout.push(piece));
  child.stderr?.on("data", (piece: Buffer) => stderr.push(piece));
  child.on("error", (error) => resolve({ status: 127, stdout: "", stderr: error.message }));
  child.on("close", (status) => {
    resolve({ status, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
  });
  // A program that ends without reading its input closes the pipe early: its exit status tells, not this error.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(options.input);
  return promise;
}

/** Runs `file` and gives its standard output; throws with both outputs when it does not exit with 0. */
export async function runOrThrow(file: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const ended = await run(file, args, options);
  if (ended.status === 0) return ended.stdout;
  throw new Error(
    `Cannot run "${[file, ...args].join(" ")}": expected exit status 0, got ${ended.status}\n${ended.stdout}${ended.stderr}`,
  );
}
