/**
 * Times whole processes with the C program beside this file.
 *
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findCompiler } from "../../scripts/build-launcher.ts";
import { runOrThrow } from "../tools/process.ts";

export type Spawner = (order: SpawnOrder) => Promise<Timing>;

export type SpawnOrder = {
  readonly program: string;
  readonly count: number;
  readonly atOnce: number;
  /** The first number that replaces "@" in `env` and `out`. */
  readonly first: number;
  /** "#" becomes the number modulo this. Left out: 1. */
  readonly nodes?: number;
  /** When none is started any more. Left out: an hour. */
  readonly limitMs?: number;
  /** A file for each one's standard output. Left out: none. */
  readonly out?: string;
  /** Left out: one that fails is an exception. */
  readonly mayFail?: boolean;
  readonly input: string;
  readonly env: { readonly [name: string]: string };
};

export type Timing = {
  /** From start to exit of each process that was started, ms. */
  readonly eachMs: readonly number[];
  readonly statuses: readonly number[];
  /** From the first start to the last exit, ms. */
  readonly wallMs: number;
  /** Of all these processes together. */
  readonly cpuMs: number;
  /** Of the largest. */
  readonly residentMiB: number;
};

/** Compiles the program into `folder`. Throws when there is no compiler, and later when a process exits with a fault. */
export async function createSpawner(folder: string): Promise<Spawner> {
  const compiler = await findCompiler();
  if (compiler === undefined) throw new Error('Cannot compile "spawn.c": expected a C compiler (npm run tools)');
  const program = join(folder, "spawn");
  await runOrThrow(compiler, ["-O2", "-Wall", "-Werror", "-o", program, new URL("spawn.c", import.meta.url).pathname]);
  return async (order) => {
    const stdin = join(folder, "stdin.json");
    writeFileSync(stdin, order.input);
    const variables = Object.entries(order.env).map(([name, value]) => `${name}=${value}`);
    const { count, atOnce, first, nodes = 1, limitMs = 3_600_000, out = "/dev/null" } = order;
    const args = [count, atOnce, first, nodes, limitMs].map(String);
    const lines = (await runOrThrow(program, [...args, order.program, stdin, out, ...variables])).trim().split("\n");
    const [, wallNs = 0, cpuUs = 0, residentKiB = 0] = (lines.pop() ?? "").split(" ").map(Number);
    const each = lines.map((line) => line.split(" ").map(Number));
    const statuses = each.map(([, status = 1]) => status);
    const failed = statuses.filter((status) => status !== 0).length;
    if (failed > 0 && order.mayFail !== true)
      throw new Error(
        `Cannot time "${order.program}": expected exit status 0, ${failed} of ${order.count} ended otherwise`,
      );
    return {
      eachMs: each.map(([ns = 0]) => ns / 1e6),
      statuses,
      wallMs: wallNs / 1e6,
      cpuMs: cpuUs / 1e3,
      residentMiB: residentKiB / 1024,
    };
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
