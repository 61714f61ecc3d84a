/**
 * Builds the pinned Go programs into the tool cache: `cnitool`, the reference plugins, `cnigc`, the servers of a
 * cluster without nodes (etcd and kube-apiserver), and Whereabouts, the peer of the tests and benchmarks.
 *
 * @module
 */

import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { goEnvironment, putInPlace } from "./go.ts";
import {
  builtPlugins,
  cnigcFile,
  cnitoolFile,
  etcdFile,
  goModules,
  kubeApiServerFile,
  kubernetesVersion,
  pinnedVersion,
  toolCache,
  whereaboutsFile,
  whereaboutsVersion,
} from "./places.ts";
import { run, runOrThrow } from "./process.ts";

type Folder = {
  /** Where the programs go, absolute. */
  readonly place: string;
  /** The Go module whose `go.mod` and `go.sum` pin them, absolute. */
  readonly module: string;
  readonly programs: readonly Program[];
  /** Variables the linker sets, `package.name=value`: what a release's own build tells its programs about themselves. */
  readonly stamps?: readonly string[];
};

type Program = {
  /** The file's name. */
  readonly name: string;
  readonly package: string;
};

const plugins = "github.com/containernetworking/plugins";
const whereabouts = "github.com/k8snetworkplumbingwg/whereabouts";

function folders(): readonly Folder[] {
  const { cni, etcd, kubernetes } = goModules;
  const cnitool = { name: "cnitool", package: "github.com/containernetworking/cni/cnitool" };
  const cnigc = { name: "cnigc", package: "./cmd/cnigc" };
  const etcdServer = { name: "etcd", package: "go.etcd.io/etcd/server/v3" };
  const apiServer = { name: "kube-apiserver", package: "k8s.io/kubernetes/cmd/kube-apiserver" };
  return [
    { place: dirname(cnitoolFile()), module: cni, programs: [cnitool] },
    {
      place: builtPlugins(),
      module: cni,
      programs: ["main/bridge", "main/macvlan", "ipam/host-local", "ipam/static"].map((path) => ({
        name: basename(path),
        package: `${plugins}/plugins/${path}`,
      })),
      stamps: [`${plugins}/pkg/utils/buildversion.BuildVersion=v${pinnedVersion(plugins)}`],
    },
    { place: dirname(cnigcFile()), module: cni, programs: [cnigc] },
    { place: dirname(etcdFile()), module: etcd, programs: [etcdServer] },
    {
      place: dirname(kubeApiServerFile()),
      module: kubernetes,
      programs: [apiServer],
      // Without it the server says v0.0.0-master.
      stamps: [`k8s.io/component-base/version.gitVersion=v${kubernetesVersion()}`],
    },
    {
      place: dirname(whereaboutsFile("whereabouts")),
      module: goModules.whereabouts,
      programs: [
        { name: "whereabouts", package: `${whereabouts}/cmd` },
        { name: "ip-control-loop", package: `${whereabouts}/cmd/controlloop` },
        { name: "ip-reconciler", package: `${whereabouts}/cmd/reconciler` },
      ],
      stamps: [
        `${whereabouts}/pkg/version.Version=v${whereaboutsVersion()}`,
        `${whereabouts}/pkg/version.ReleaseStatus=released`,
      ],
    },
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
  for (const folder of missingFolders()) {
    const built = mkdtempSync(join(toolCache, ".building-"));
    try {
      for (const program of folder.programs) await build(go, folder, program, join(built, program.name));
      chmodSync(built, 0o755);
      rmSync(folder.place, { recursive: true, force: true });
      putInPlace(built, folder.place);
    } finally {
      rmSync(built, { recursive: true, force: true });
    }
  }
}

async function build(go: string, folder: Folder, program: Program, file: string): Promise<void> {
  const linker = ["-s", "-w", ...(folder.stamps ?? []).map((stamp) => `-X ${stamp}`)].join(" ");
  const flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", linker];
  const args = ["build", ...flags, "-o", file, program.package];
  const options = { env: goEnvironment(), cwd: folder.module };
  if ((await run(go, args, options)).status !== 0) await runOrThrow(go, args, options);
}

function missingFolders(): readonly Folder[] {
  return folders().filter((folder) => folder.programs.some((program) => !isBuilt(folder, program)));
}

function isBuilt(folder: Folder, program: Program): boolean {
  const file = join(folder.place, program.name);
  if (!existsSync(file)) return false;
  if (!program.package.startsWith("./")) return true;
  return statSync(file).mtimeMs >= statSync(join(folder.module, program.package, "main.go")).mtimeMs;
}
