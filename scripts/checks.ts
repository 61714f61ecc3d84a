/**
 * Everything that can be told about the tree without running it, side by side.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { cpus } from "node:os";
import { delimiter, join } from "node:path";

type Check = { readonly name: string; readonly command: readonly [file: string, ...args: string[]] };

/** The slowest first. */
const checks: readonly Check[] = [
  { name: "lint", command: ["oxlint", "--type-aware"] },
  { name: "types", command: ["tsc", "-p", "."] },
  // Without Node's types: the guard of the layer, see core/tsconfig.json.
  { name: "types of core", command: ["tsc", "-p", "core"] },
  { name: "unused", command: ["knip", "--no-progress"] },
  { name: "imports", command: ["node", "scripts/check-imports.ts"] },
  { name: "format", command: ["biome", "format", "."] },
];

export type CheckCount = { readonly passed: number; readonly failed: number };

/** Tells one line a check as it ends, and the output of those that fail. */
export async function runChecks(tell: (text: string) => void): Promise<CheckCount> {
  const waiting = [...checks];
  let failed = 0;
  const work = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const begun = performance.now();
      const { isOk, output } = await run(check.command);
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      tell(`${isOk ? "ok    " : "FAILED"}  ${check.name.padEnd(14)} ${seconds} s`);
      if (isOk) continue;
      failed += 1;
      tell(output.trimEnd().replaceAll(/^/gm, "    "));
    }
  };
  // Each of them uses more than one core already.
  await Promise.all(Array.from({ length: Math.max(2, cpus().length) }, work));
  return { passed: checks.length - failed, failed };
}

const root = new URL("..", import.meta.url).pathname;

function run([file, ...args]: Check["command"]): Promise<{ readonly isOk: boolean; readonly output: string }> {
  const path = [join(root, "node_modules/.bin"), process.env["PATH"]].join(delimiter);
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: root,
      env: { ...process.env, PATH: path },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.once("error", (error) => resolve({ isOk: false, output: error.message }));
    child.once("close", (status) => resolve({ isOk: status === 0, output }));
  });
}
