/**
 * Compiles the launcher: static C where the machine has a compiler, and the same in TypeScript.
 *
 * @module
 */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { bundle } from "./build-bundle.ts";

const run = promisify(execFile);

const launcherFolder = new URL("../cni/launcher/", import.meta.url).pathname;

/** In this order: musl makes 50 KB, glibc 700 KB. */
const compilers = ["musl-gcc", "gcc", "cc", "clang"];

const warnings =
  "-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes -Wmissing-prototypes -Wvla " +
  "-Wformat=2 -Wcast-qual -Wwrite-strings -Wundef -Werror";

const release = ["-O2", "-static", "-s", "-fstack-protector-strong"];

/** Not static: the sanitizers' libraries are shared ones. */
const sanitized = ["-O1", "-g", "-fno-omit-frame-pointer", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

export type CompileOptions = {
  readonly out: string;
  readonly version: string;
  /** One of the machine's; default: the first that can link statically. */
  readonly compiler?: string;
  readonly sanitize?: boolean;
};

/** Compiles the C program. Throws with the compiler's words when it refuses. */
export async function compileLauncher(options: CompileOptions): Promise<void> {
  const compiler = options.compiler ?? (await findCompiler());
  if (compiler === undefined) {
    throw new Error(
      `Cannot compile launcher "${options.out}": expected one of ${compilers.join(", ")} with a static C library`,
    );
  }
  const sources = (await readdir(launcherFolder)).filter((name) => name.endsWith(".c"));
  const flags = options.sanitize === true ? sanitized : release;
  const define = `-DBERTH_VERSION="${options.version}"`;
  await run(compiler, ["-std=c11", ...flags, ...warnings.split(" "), define, "-o", options.out, ...sources.sort()], {
    cwd: launcherFolder,
  });
}

/** The first compiler that can make a static program, or undefined. */
export async function findCompiler(): Promise<string | undefined> {
  const scratch = await mkdtemp(join(tmpdir(), "berth-compiler-"));
  try {
    const probe = join(scratch, "probe.c");
    await writeFile(probe, "int main(void) { return 0; }\n");
    for (const compiler of compilers) {
      const works = run(compiler, ["-static", "-o", join(scratch, "probe"), probe]);
      if (
        await works.then(
          () => true,
          () => false,
        )
      )
        return compiler;
    }
    return undefined;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Bundles the TypeScript program; `cjs` for a file without an extension, which Node takes for CommonJS. */
export async function bundleLauncher(options: {
  readonly out: string;
  readonly version: string;
  readonly format: "esm" | "cjs";
}): Promise<void> {
  await bundle({ ...options, entry: join(launcherFolder, "berth.ts"), target: "node20", name: "berth" });
}
