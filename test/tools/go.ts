/**
 * Finds a Go that is recent enough to build the pinned tools, or gets one.
 *
 * A machine without Go: Debian's own Go is too old to build with, but not to download modules, and Go releases are a
 * module (`golang.org/toolchain`). So Debian's package is unpacked to the side, downloads the release, and is thrown
 * away. Nothing is installed on the machine, and this needs no root. The release is checked against Go's checksum
 * database by Go itself and against the sums below.
 *
 * @module
 */

import { chmodSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { arch } from "node:process";
import { homedir } from "node:os";
import { join } from "node:path";
import { aptGet, aptKnows, isDebian, updateLists } from "./debian.ts";
import { findProgram, toolCache } from "./places.ts";
import { run, runOrThrow } from "./process.ts";

/** The oldest minor release of Go 1 that builds the pinned modules. */
const oldestMinor = 26;

const release = "1.26.8";

/** The `h1:` sums of the module `golang.org/toolchain` at `v0.0.1-go1.26.8.linux-<architecture>`. */
const releaseSums: { readonly [architecture: string]: string } = {
  amd64: "h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=",
  arm64: "h1:sYL/O6MqS68ML0kjsQ36WoYIpJqkw60TxizWUYUKQMc=",
};

const fetchedGo = join(toolCache, `go-${release}`, "bin", "go");

/** A Go that is already here. `BERTH_TEST_GO` names another one, or is `none`: act as if the machine had none. */
export async function findGo(): Promise<string | undefined> {
  const chosen = process.env["BERTH_TEST_GO"];
  const own = chosen === "none" ? [] : chosen === undefined ? [findProgram("go"), "/usr/local/go/bin/go"] : [chosen];
  for (const go of [...own, fetchedGo]) {
    if (go !== undefined && (await minorOf(go)) >= oldestMinor) return go;
  }
  return undefined;
}

/**
 * Fetches Go 1.26.8 into the tool cache and gives its path.
 *
 * @throws Error when no download got through, or what came is not what is pinned.
 */
export async function fetchGo(): Promise<string> {
  // Inside the tool cache: what is downloaded is renamed into place, and too big to copy from another file system.
  const scratch = mkdtempSync(join(toolCache, ".fetching-go-"));
  try {
    const helper = (await olderGo()) ?? (await unpackDebianGo(scratch));
    const folder = await downloadRelease(helper, scratch);
    makeExecutable(folder);
    putInPlace(folder, join(toolCache, `go-${release}`));
    return fetchedGo;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What every call of Go gets: no other Go than the one asked for, no C, caches even where HOME is unset. */
export function goEnvironment(): NodeJS.ProcessEnv {
  const caches = process.env["HOME"] === undefined ? { HOME: homedir() } : {};
  return { ...process.env, ...caches, GOTOOLCHAIN: "local", GOWORK: "off", GOFLAGS: "", GOROOT: "", CGO_ENABLED: "0" };
}

/** Moves a finished folder to its name in one step; when another run was faster, its folder stands. */
export function putInPlace(folder: string, place: string): void {
  if (existsSync(place)) return;
  try {
    renameSync(folder, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
  }
}

async function minorOf(go: string): Promise<number> {
  const said = await run(go, ["version"], { env: goEnvironment() });
  return Number(said.stdout.match(/ go1\.(\d+)/)?.[1] ?? 0);
}

/** A Go on this machine that is too old to build with can still download. */
async function olderGo(): Promise<string | undefined> {
  if (process.env["BERTH_TEST_GO"] !== undefined) return undefined;
  const go = findProgram("go");
  return go !== undefined && (await minorOf(go)) >= 16 ? go : undefined;
}

async function unpackDebianGo(scratch: string): Promise<string> {
  if (!isDebian()) throw new Error(`Cannot fetch Go "${release}": expected a Debian package of Go to fetch it with`);
  if (!(await aptKnows(["golang-go"]))) await updateLists();
  const depends = await runOrThrow("apt-cache", ["depends", "golang-go"], { env: { ...process.env, LC_ALL: "C" } });
  const name = depends.match(/Depends: (golang-[\d.]+-go)/)?.[1];
  if (name === undefined) throw new Error(`Cannot find package "golang-go": expected it to depend on one of Go 1`);
  if ((await aptGet(["download", name], scratch)).status !== 0) {
    await updateLists();
    const second = await aptGet(["download", name], scratch);
    if (second.status !== 0)
      throw new Error(`Cannot download package "${name}": expected apt-get to\n${second.stderr}`);
  }
  const file = readdirSync(scratch).find((entry) => entry.endsWith(".deb")) ?? "";
  await runOrThrow("dpkg-deb", ["-x", join(scratch, file), join(scratch, "debian")]);
  return join(scratch, "debian", "usr", "lib", name.replace(/^golang-(.*)-go$/, "go-$1"), "bin", "go");
}

async function downloadRelease(go: string, scratch: string): Promise<string> {
  const architecture = arch === "x64" ? "amd64" : arch;
  const sum = releaseSums[architecture];
  if (sum === undefined) throw new Error(`Cannot fetch Go for "${arch}": expected x64 or arm64`);
  const download = ["mod", "download", "-json", `golang.org/toolchain@v0.0.1-go${release}.linux-${architecture}`];
  const env = {
    ...goEnvironment(),
    GOROOT: go.startsWith(scratch) ? join(go, "..", "..") : "",
    GOMODCACHE: join(scratch, "modules"),
    GOFLAGS: "-modcacherw",
  };
  const first = await run(go, download, { env, cwd: scratch });
  const said = first.status === 0 ? first.stdout : await runOrThrow(go, download, { env, cwd: scratch });
  const module: { Sum?: string; Dir?: string } = JSON.parse(said);
  if (module.Sum !== sum || module.Dir === undefined) {
    throw new Error(`Cannot use Go release "${module.Sum}": expected ${sum}`);
  }
  return module.Dir;
}

/** Modules carry no modes: the programs of the release have to be made executable, as a newer Go does by itself. */
function makeExecutable(folder: string): void {
  for (const part of ["bin", join("pkg", "tool")]) {
    for (const entry of readdirSync(join(folder, part), { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) chmodSync(join(entry.parentPath, entry.name), 0o755);
    }
  }
}
