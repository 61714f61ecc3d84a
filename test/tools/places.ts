/**
 * Where the programs that the tests drive are: the machine's own and the pinned ones in `.cache/tools`.
 *
 * @module
 */

import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The top of this tree, absolute. */
export const treeRoot = join(import.meta.dirname, "..", "..");

/** Where pinned tools are kept, one folder each, `<name>-<version>`. `BERTH_TOOLS_CACHE` moves it. */
export const toolCache = process.env["BERTH_TOOLS_CACHE"] ?? join(treeRoot, ".cache", "tools");

/** The Go modules that pin the Go programs, absolute: one for each set of dependencies, so that none moves another's. */
export const goModules = {
  cni: join(import.meta.dirname, "go"),
  etcd: join(import.meta.dirname, "etcd"),
  kubernetes: join(import.meta.dirname, "kubernetes"),
  whereabouts: join(import.meta.dirname, "whereabouts"),
} as const;

/** The exact version, without the `v`, that the `go.mod` in `folder` pins for a module. */
export function pinnedVersion(modulePath: string, folder: string = goModules.cni): string {
  const goMod = readFileSync(join(folder, "go.mod"), "utf8");
  const line = goMod.split("\n").find((text) =>
    text
      .replace(/^require /, "")
      .trim()
      .startsWith(`${modulePath} v`),
  );
  const version = line?.match(/ v(\S+)/)?.[1];
  if (version === undefined) throw new Error(`Cannot find module "${modulePath}": expected a line of it in go.mod`);
  return version;
}

/** The CNI project's own test client. */
export const cnitoolFile = (): string =>
  join(toolCache, `cnitool-${pinnedVersion("github.com/containernetworking/cni")}`, "cnitool");

/** Ours: libcni's GC and STATUS with a list of valid attachments (`test/tools/go/cmd/cnigc`). */
export const cnigcFile = (): string =>
  join(toolCache, `cnigc-${pinnedVersion("github.com/containernetworking/cni")}`, "cnigc");

/** The folder of the reference plugins built from their pinned module; they know STATUS and GC. */
export const builtPlugins = (): string =>
  join(toolCache, `cni-plugins-${pinnedVersion("github.com/containernetworking/plugins")}`);

/** The server that a Kubernetes API server keeps its objects in. */
export const etcdFile = (): string =>
  join(toolCache, `etcd-${pinnedVersion("go.etcd.io/etcd/server/v3", goModules.etcd)}`, "etcd");

export const kubernetesVersion = (): string => pinnedVersion("k8s.io/kubernetes", goModules.kubernetes);

export const kubeApiServerFile = (): string =>
  join(toolCache, `kube-apiserver-${kubernetesVersion()}`, "kube-apiserver");

const whereaboutsModule = "github.com/k8snetworkplumbingwg/whereabouts";

export const whereaboutsVersion = (): string => pinnedVersion(whereaboutsModule, goModules.whereabouts);

/** The peer: its plugin, what it runs on each node, and what it runs once in a cluster. */
export const whereaboutsFile = (program: "whereabouts" | "ip-control-loop" | "ip-reconciler"): string =>
  join(toolCache, `whereabouts-${whereaboutsVersion()}`, program);

const pluginFolders = ["/usr/lib/cni", "/usr/libexec/cni", "/opt/cni/bin"];

/** The folder of the distribution's reference plugins (Debian 12: 1.1.1); `/usr/lib/cni` when there are none. */
export const debianPlugins = (): string =>
  pluginFolders.find((folder) => existsSync(join(folder, "bridge"))) ?? "/usr/lib/cni";

/** The first executable of that name on `PATH` or in the system's own folders. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
