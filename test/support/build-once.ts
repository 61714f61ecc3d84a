/**
 * Builds what the system tests run, once before them: the programs, and the agent with a crash in it.
 *
 * @module
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { bundle } from "../../scripts/build-bundle.ts";
import { runOrThrow } from "../tools/process.ts";

const root = new URL("../..", import.meta.url).pathname;

/** Vitest's global set-up. */
export async function setup(): Promise<void> {
  await runOrThrow(process.execPath, [join(root, "scripts/build.ts")]);
  await mkdir(join(root, "dist/test"), { recursive: true });
  await bundle({
    entry: join(root, "test/crash/crashing-agent.ts"),
    out: join(root, "dist/test/crashing-agent.mjs"),
    version: "test",
    format: "esm",
    target: "node24",
    name: "the agent with a crash in it",
  });
}
