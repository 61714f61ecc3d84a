/**
 * Builds the pinned Go programs into the tool cache: `cnitool`, the reference plugins, and `cnigc`.
 *
 * @module
 */

import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { goEnvironment, putInPlace } from "./go.ts";
import { builtPlugins, cnigcFile, cnitoolFile, goModuleFolder, pinnedVersion, toolCache } from "./places.ts";
import { run, runOrThrow } from "./process.ts";

type Folder = {
  /** Where the programs go, absolute. */
  readonly place: string;
  readonly packages: readonly string[];
};

const plugins = "github.com/containernetworking/plugins";

function folders(): readonly Folder[] {
  return [
    { place: dirname(cnitoolFile()), packages: ["github.com/containernetworking/cni/cnitool"] },
    {
      place: builtPlugins(),
      packages: ["main/bridge", "main/macvlan", "ipam/host-local", "ipam/static"].map(
        (name) => `${plugins}/plugins/${name}`,
      ),
    },
    { place: dirname(cnigcFile()), packages: ["./cmd/cnigc"] },
  ];
}

/** The folders that are not built yet, by name; one of our own sources newer than what was built of it counts. */
export function missingPrograms(): readonly string[] {
  return missingFolders().map((folder) => basename(folder.place));
}

/**
 * Builds what is missing. Each folder appears whole or not at all, so that runs side by side and interrupted ones do
 * no harm. `go.sum` pins every module's content.
 *
 * @throws Error with Go's words when a build fails twice: the first failure may be a download's.
 */
export async function buildPrograms(go: string): Promise<void> {
  mkdirSync(toolCache, { recursive: true });
  const version = `-X ${plugins}/pkg/utils/buildversion.BuildVersion=v${pinnedVersion(plugins)}`;
  for (const folder of missingFolders()) {
    const built = mkdtempSync(join(toolCache, ".building-"));
    try {
      const flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", `-s -w ${version}`];
      const args = ["build", ...flags, "-o", `${built}/`, ...folder.packages];
      const options = { env: goEnvironment(), cwd: goModuleFolder };
      if ((await run(go, args, options)).status !== 0) await runOrThrow(go, args, options);
      chmodSync(built, 0o755);
      rmSync(folder.place, { recursive: true, force: true });
      putInPlace(built, folder.place);
    } finally {
      rmSync(built, { recursive: true, force: true });
    }
  }
}

function missingFolders(): readonly Folder[] {
  return folders().filter((folder) => folder.packages.some((name) => !isBuilt(folder.place, name)));
}

function isBuilt(place: string, packageName: string): boolean {
  const program = join(place, basename(packageName));
  if (!existsSync(program)) return false;
  if (!packageName.startsWith("./")) return true;
  return statSync(program).mtimeMs >= statSync(join(goModuleFolder, packageName, "main.go")).mtimeMs;
}
