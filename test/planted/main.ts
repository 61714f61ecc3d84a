/**
 * `npm run faults`: plants each fault in a copy of the tree and runs the tests that have to notice. Ends with status 1
 * when one goes unnoticed, or no longer fits the source.
 *
 * @module
 */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, runOrThrow } from "../tools/process.ts";
import { treeRoot } from "../tools/places.ts";
import { clusterFaults } from "./cluster-faults.ts";
import { faults, type Fault } from "./faults.ts";

const copy = mkdtempSync(join(tmpdir(), "berth-faults-"));
try {
  for (const file of (await runOrThrow("git", ["ls-files"], { cwd: treeRoot })).trim().split("\n")) {
    cpSync(join(treeRoot, file), join(copy, file), { recursive: true });
  }
  symlinkSync(join(treeRoot, "node_modules"), join(copy, "node_modules"));
  let unnoticed = 0;
  const all = [...faults, ...clusterFaults];
  for (const fault of all) {
    const answer = await plant(fault);
    if (answer !== "noticed") unnoticed += 1;
    console.log(`${answer.padEnd(12)} ${fault.breaks}  (${fault.file})`);
  }
  console.log(`\n${all.length - unnoticed} of ${all.length} planted faults were noticed`);
  process.exitCode = unnoticed === 0 ? 0 : 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}

async function plant({ file, find, replace, tests }: Fault): Promise<"noticed" | "unnoticed" | "does not fit"> {
  const path = join(copy, file);
  const source = readFileSync(path, "utf8");
  if (!source.includes(find) || !tests.every((test) => existsSync(join(copy, test)))) return "does not fit";
  writeFileSync(
    path,
    source.replaceAll(find, () => replace),
  );
  try {
    const vitest = join(treeRoot, "node_modules/vitest/vitest.mjs");
    const args = [vitest, "run", "--project", "unit", "--bail", "1", ...tests];
    const ended = await run(process.execPath, args, { cwd: copy, env: { ...process.env, NO_COLOR: "1" } });
    // A fault that keeps the tests from running at all is not noticed, it is a wrong fault.
    const hasRun = / Tests .*\d+ (passed|failed)/.test(ended.stdout);
    return ended.status !== 0 && hasRun ? "noticed" : "unnoticed";
  } finally {
    writeFileSync(path, source);
  }
}
