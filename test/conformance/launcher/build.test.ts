/**
 * What the build makes, also when it runs twice at once and where there is no C compiler.
 *
 * @module
 */
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import manifest from "../../../package.json" with { type: "json" };
import { protocolVersion } from "../../../core/wire/protocol.ts";

const run = promisify(execFile);
const script = new URL("../../../scripts/build.ts", import.meta.url).pathname;
const line = `berth-launcher ${manifest.version} (protocol ${protocolVersion})\n`;

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "berth-build-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const build = (env: NodeJS.ProcessEnv = process.env): Promise<{ readonly stderr: string }> =>
  run(process.execPath, [script, folder], { env });

describe("npm run build", () => {
  it("puts the version of package.json and the protocol's into both launchers", async () => {
    await build();
    expect((await run(join(folder, "cni/berth"), ["--version"], { env: {} })).stdout).toBe(line);
    expect((await run(process.execPath, [join(folder, "cni/berth.mjs"), "--version"], { env: {} })).stdout).toBe(line);
    expect((await readFile(join(folder, "cni/berth"))).subarray(1, 4).toString()).toBe("ELF");
  });

  it("makes whole programs and leaves nothing else, also when it runs twice at once", async () => {
    await build();
    const paths = ["cni/berth", "cni/berth.mjs", "agent/main.mjs"].map((path) => join(folder, path));
    const before = await Promise.all(paths.map((path) => readFile(path)));
    await Promise.all([build(), build()]);
    expect(await Promise.all(paths.map((path) => readFile(path)))).toEqual(before);
    expect((await readdir(folder)).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("puts the TypeScript launcher in the place of the C one, with a notice, where there is no compiler", async () => {
    const { stderr } = await build({ PATH: folder });
    expect(stderr).toContain("Notice: no C compiler");
    expect((await run(process.execPath, [join(folder, "cni/berth"), "--version"], { env: {} })).stdout).toBe(line);
    // Where runtimes keep their plugins there is no package.json that says what kind of file it is.
    const installed = join(folder, "berth");
    await copyFile(join(folder, "cni/berth"), installed);
    expect((await run(process.execPath, [installed, "--version"], { env: {} })).stdout).toBe(line);
  });
});
