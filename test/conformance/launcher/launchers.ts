/**
 * The launchers under test, built from the tree as it is, and how one is run.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleLauncher, compileLauncher } from "../../../scripts/build-launcher.ts";

export const version = "9.8.7";

/** The C program as installed, the same under the address and undefined-behaviour sanitizers, and the TypeScript one. */
export const launcherNames = ["c", "sanitized", "typescript"] as const;

export type LauncherName = (typeof launcherNames)[number];

/** A folder of one test file: the launchers, and room for sockets and spools. */
export type Bench = {
  readonly folder: string;
  readonly run: (name: LauncherName, run: Run) => Promise<Outcome>;
  /** A new empty folder. */
  readonly fresh: () => Promise<string>;
  readonly remove: () => Promise<void>;
};

export type Run = {
  /** `NAME=value` strings as Latin-1: each character is one byte. The launcher gets these and no others. */
  readonly environment: readonly string[];
  readonly stdin?: Uint8Array | string;
  readonly args?: readonly string[];
  /** Shell commands that come before. */
  readonly before?: string;
  /** In place of a pipe: what the shell puts behind the command, such as `<&-`. */
  readonly redirect?: string;
};

export type Outcome = {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly tookMs: number;
};

export async function makeBench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), "berth-launcher-"));
  const programs = join(folder, "programs");
  await mkdir(programs);
  const paths: { readonly [name in LauncherName]: string } = {
    c: join(programs, "berth"),
    sanitized: join(programs, "berth-sanitized"),
    typescript: join(programs, "berth.mjs"),
  };
  await Promise.all([
    compileLauncher({ out: paths.c, version }),
    compileLauncher({ out: paths.sanitized, version, sanitize: true, compiler: "gcc" }),
    bundleLauncher({ out: paths.typescript, version, format: "esm" }),
    symlink(process.execPath, join(programs, "node")),
  ]);
  let count = 0;
  return {
    folder,
    run: (name, run) => start(paths[name], programs, run),
    fresh: async () => {
      count += 1;
      const made = join(folder, `${count}`);
      await mkdir(made);
      return made;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * Through `env -i` in a shell script of bytes: Node's own `env` option is text, and would lose what is not UTF-8.
 */
function start(program: string, programs: string, run: Run): Promise<Outcome> {
  const words = [`PATH=${programs}:/usr/bin:/bin`, ...run.environment, program, ...(run.args ?? [])];
  // printf's octal escapes carry any byte but NUL; the dot keeps newlines at the end of a word.
  const script = words.map((word, index) => `w${index}=$(printf '${octal(word)}.')\n`).join("");
  const list = words.map((_, index) => `"\${w${index}%.}"`).join(" ");
  const begun = performance.now();
  const child = spawn(
    "/bin/sh",
    [
      "-c",
      `LC_ALL=C\n${script}${run.before ?? ":"}
exec env -i ${list} ${run.redirect ?? ""}`,
    ],
    {
      stdio: ["pipe", "pipe", "pipe"],
    },
  );
  // A launcher that has read enough closes its end.
  child.stdin.on("error", () => undefined);
  child.stdin.end(run.stdin ?? "");
  const collect = (stream: NodeJS.ReadableStream): (() => string) => {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    return () => Buffer.concat(chunks).toString();
  };
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => {
      resolve({ status, stdout: stdout(), stderr: stderr(), tookMs: performance.now() - begun });
    });
  });
}

function octal(latin1: string): string {
  return Array.from(Buffer.from(latin1, "latin1"), (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
