/**
 * @module
 */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import manifest from "../../../package.json" with { type: "json" };
import { protocolVersion } from "../../../core/wire/protocol.ts";

const run = promisify(execFile);
const root = new URL("../../..", import.meta.url).pathname;
const build = (): Promise<{ stdout: string }> => run(process.execPath, [join(root, "scripts/build.ts")], { cwd: root });
const versionOf = async (path: string): Promise<string> =>
  (await run(process.execPath, [path, "--version"], { cwd: root, env: {} })).stdout;

describe("npm run build", () => {
  it("makes whole programs, also when it runs twice at once", async () => {
    await build();
    const paths = ["dist/cni/berth", "dist/cni/berth.mjs"].map((path) => join(root, path));
    const before = await Promise.all(paths.map((path) => readFile(path)));
    await Promise.all([build(), build()]);
    expect(await Promise.all(paths.map((path) => readFile(path)))).toEqual(before);
  });

  it("puts the version of package.json and the protocol's into both launchers", async () => {
    await build();
    const line = `berth-launcher ${manifest.version} (protocol ${protocolVersion})\n`;
    expect((await run(join(root, "dist/cni/berth"), ["--version"], { env: {} })).stdout).toBe(line);
    expect(await versionOf(join(root, "dist/cni/berth.mjs"))).toBe(line);
  });
});
