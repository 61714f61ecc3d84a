/**
 * `npm test`: installs what is missing, then checks, builds and tests everything. The last line is `N passed, N failed`.
 *
 * Exit status 0: all passed. 1: something failed, or could not be installed. 2: only root on Debian can install what is
 * missing; the last line is the one command to run.
 *
 * @module
 */
import { ensureTools } from "../test/tools/install.ts";
import { type Count, parts } from "./test-parts.ts";

process.exitCode = await main();

async function main(): Promise<number> {
  const outcome = await ensureTools("test", (line) => console.log(line));
  if (outcome.kind === "ready") return runParts();
  console.error(outcome.message);
  if (outcome.kind === "refused") console.log(outcome.command);
  if (outcome.kind === "refused" && process.env["CI"] !== "true") return 2;
  console.log("0 passed, 1 failed");
  return 1;
}

async function runParts(): Promise<number> {
  const lines: string[] = [];
  const total = { passed: 0, failed: 0 };
  for (const { name, run } of parts) {
    console.log(`\n== ${name}`);
    const begun = performance.now();
    const count: Count = await run();
    total.passed += count.passed;
    total.failed += count.failed;
    const seconds = `${((performance.now() - begun) / 1000).toFixed(1)} s`;
    lines.push(`${name.padEnd(8)}${seconds.padStart(9)}  ${count.passed} passed, ${count.failed} failed`);
  }
  console.log(`\n${lines.join("\n")}\n`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
}
