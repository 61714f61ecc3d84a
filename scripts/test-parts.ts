/**
 * The parts of `npm test`, in their order, each with what it counted.
 *
 * @module
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runChecks } from "./checks.ts";
import { runNode } from "./run-visibly.ts";

export type Count = { readonly passed: number; readonly failed: number };
export type Part = { readonly name: string; readonly run: () => Promise<Count> };

export const parts: readonly Part[] = [
  { name: "check", run: () => runChecks((text) => console.log(text)) },
  { name: "build", run: runBuild },
  // With the floor under the coverage of core, see vitest.config.ts.
  { name: "unit", run: () => runVitest(["--project", "unit", "--coverage"]) },
  { name: "simulation", run: () => runVitest(["--project", "simulation"]) },
  { name: "system", run: () => runVitest(["--project", "system"]) },
  { name: "vectors", run: runVectors },
];

async function runBuild(): Promise<Count> {
  const { status } = await runNode(["scripts/build.ts"]);
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function runVitest(args: readonly string[]): Promise<Count> {
  const folder = await mkdtemp(join(tmpdir(), "berth-tests-"));
  const file = join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
    const { status } = await runNode(["node_modules/vitest/vitest.mjs", "run", ...args, ...reporters]);
    return settle(await countIn(file), status);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A test that was not run counts as failed: nothing is skipped. */
async function countIn(file: string): Promise<Count> {
  try {
    const report: unknown = JSON.parse(await readFile(file, "utf8"));
    const passed = numberIn(report, "numPassedTests");
    return { passed, failed: numberIn(report, "numTotalTests") - passed };
  } catch {
    return { passed: 0, failed: 1 }; // It ended before it could write a report.
  }
}

function numberIn(report: unknown, name: string): number {
  const value: unknown = typeof report === "object" && report !== null ? Reflect.get(report, name) : undefined;
  if (typeof value !== "number") throw new Error(`Cannot read vitest's report: expected a number "${name}"`);
  return value;
}

/** Prints the rows that fail and the summary; each row counts. */
async function runVectors(): Promise<Count> {
  const { status, stdout } = await runNode(["test/vectors/run.ts"], true);
  const lines = stdout.trimEnd().split("\n");
  for (const line of lines.filter((text) => text.startsWith("fail"))) console.log(line);
  console.log(lines.at(-1));
  const [, passed, failed] = /^(\d+) passed, (\d+) failed/.exec(lines.at(-1) ?? "") ?? [];
  return settle({ passed: Number(passed ?? 0), failed: Number(failed ?? 0) }, status);
}

/** What ended badly failed at least once, whatever it counted: a crash, or coverage below its floor. */
function settle({ passed, failed }: Count, status: number): Count {
  return { passed, failed: status === 0 ? failed : Math.max(1, failed) };
}
