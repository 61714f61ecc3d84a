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
  /** The first number that replaces "@" in `env`. */
  readonly first: number;
  readonly input: string;
  readonly env: { readonly [name: string]: string };
};

export type Timing = {
  /** From start to exit of each process, ms. */
  readonly eachMs: readonly number[];
  /** From the first start to the last exit, ms. */
  readonly wallMs: number;
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
    const args = [order.count, order.atOnce, order.first].map(String);
    const lines = (await runOrThrow(program, [...args, order.program, stdin, ...variables])).trim().split("\n");
    const wall = lines.pop()?.split(" ")[1];
    const each = lines.map((line) => line.split(" ").map(Number));
    const failed = each.filter(([, status]) => status !== 0).length;
    if (failed > 0)
      throw new Error(
        `Cannot time "${order.program}": expected exit status 0, ${failed} of ${order.count} ended otherwise`,
      );
    return { eachMs: each.map(([ns = 0]) => ns / 1e6), wallMs: Number(wall) / 1e6 };
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
