/**
 * Reads a kubeconfig, or what a pod is given, by way of @kubernetes/client-node. Loading that costs some 80 MiB, which is
 * why only `access-program.ts` does (docs/decisions/0010-kubernetes-client.md).
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import { KubeConfig, loadYaml, type User } from "@kubernetes/client-node";
import { shorten } from "../../core/failure/failure.ts";
import { type Applied, applyUser } from "./apply-user.ts";
import type { AccessFault, AccessRead } from "./access.ts";

const serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * Where credentials are looked for, first to last: the path given, KUBECONFIG, ~/.kube/config, the pod's service account.
 * @param root where a pod's files are; another one only in tests
 */
export async function readKubeconfig(path: string | undefined, root = ""): Promise<AccessRead> {
  const files = path === undefined ? defaultFiles() : [path];
  if (files.length === 0) return readServiceAccount(root);
  const config = new KubeConfig();
  for (const [at, file] of files.entries()) {
    const fault = at === 0 ? load(config, file) : merge(config, file);
    if (fault !== undefined) return fault;
  }
  return accessOf(config, files);
}

function defaultFiles(): readonly string[] {
  const named = (process.env["KUBECONFIG"] ?? "").split(delimiter).filter((file) => file !== "");
  if (named.length > 0) return named;
  const home = join(homedir(), ".kube", "config");
  return existsSync(home) ? [home] : [];
}

async function readServiceAccount(root: string): Promise<AccessRead> {
  const directory = `${root}${serviceAccount}`;
  const isInPod = process.env["KUBERNETES_SERVICE_HOST"] !== undefined && existsSync(join(directory, "token"));
  if (!isInPod) {
    return {
      kind: "fault",
      message: 'Cannot read kubeconfig "~/.kube/config": expected that file, a file named by KUBECONFIG, or a pod',
      wayOut: "name the kubeconfig file",
    };
  }
  const config = new KubeConfig();
  config.loadFromCluster(root);
  return accessOf(config, []);
}

function load(config: KubeConfig, file: string): AccessFault | undefined {
  try {
    config.loadFromFile(file);
    return undefined;
  } catch (error) {
    return fault(file, expectedInstead(error));
  }
}

/** As kubectl merges: who is named twice is what the first file says; client-node refuses that, and says whom. */
function merge(config: KubeConfig, file: string): AccessFault | undefined {
  const more = new KubeConfig();
  const fault = load(more, file);
  if (fault !== undefined) return fault;
  const names = <Named extends { readonly name: string }>(all: readonly Named[]) =>
    new Set(all.map(({ name }) => name));
  const [clusters, users, contexts] = [names(config.clusters), names(config.users), names(config.contexts)];
  more.clusters = more.clusters.filter(({ name }) => !clusters.has(name));
  more.users = more.users.filter(({ name }) => !users.has(name));
  more.contexts = more.contexts.filter(({ name }) => !contexts.has(name));
  config.mergeConfig(more, config.getCurrentContext() !== undefined);
  return undefined;
}

async function accessOf(config: KubeConfig, files: readonly string[]): Promise<AccessRead> {
  const file = files[0] ?? serviceAccount;
  const context = config.getContextObject(config.getCurrentContext());
  if (context === null) return fault(file, `a current-context that is among its contexts`);
  const cluster = config.getCurrentCluster();
  if (cluster === null) return fault(file, `cluster "${shorten(context.cluster)}", which its context names`);
  const user = config.getCurrentUser();
  if (user === null) return fault(file, `user "${shorten(context.user)}", which its context names`);
  if (!isUsable(cluster.server)) {
    return fault(file, `https:// in server "${shorten(cluster.server)}" (http:// only on this machine)`);
  }
  if (cluster.proxyUrl !== undefined && !cluster.proxyUrl.startsWith("http://")) {
    return fault(file, "a proxy-url that begins with http://");
  }
  const more = alsoSaid(files, user.name);
  const applied = await applyUser(config, { ...more, directory: dirname(file) });
  if (applied.kind === "unreadable") return fault(file, applied.expected);
  const named = [cluster.caFile, user.certFile, user.keyFile].filter((name) => name !== undefined && name !== null);
  return {
    kind: "access",
    access: {
      server: cluster.server,
      proxy: cluster.proxyUrl,
      serverName: cluster.tlsServerName,
      isVerified: !cluster.skipTLSVerify,
      namespace: context.namespace?.trim(),
      files: [...files, ...named],
      ...credentialsOf(applied, user, more.tokenFile),
    },
  };
}

function credentialsOf(applied: Extract<Applied, { kind: "applied" }>, user: User, tokenFile: string | undefined) {
  const { ca, certificate, key, headers, isFromProgram, expiresAtMs, missing } = applied;
  const file: unknown = tokenFile ?? user.authProvider?.config?.["tokenFile"];
  return {
    ca,
    certificate,
    key,
    headers,
    isFromProgram,
    expiresAtMs,
    missing,
    tokenFile: typeof file === "string" ? file : undefined,
  };
}

/** What a kubeconfig may say of a user and client-node does not read. */
function alsoSaid(files: readonly string[], name: string) {
  for (const file of files) {
    const { users } = loadYaml<{ users?: unknown }>(readFileSync(file, "utf8")) ?? {};
    const entry: unknown = Array.isArray(users) ? users.find((one) => one?.name === name)?.user : undefined;
    if (typeof entry !== "object" || entry === null) continue;
    const tokenFile: unknown = Reflect.get(entry, "tokenFile") ?? Reflect.get(entry, "token-file");
    const groups: unknown = Reflect.get(entry, "as-groups");
    return {
      tokenFile: typeof tokenFile === "string" ? absolute(file, tokenFile) : undefined,
      groups: Array.isArray(groups) ? groups.map(String) : [],
    };
  }
  return { tokenFile: undefined, groups: [] };
}

function absolute(file: string, path: string): string {
  return isAbsolute(path) ? path : resolve(dirname(file), path);
}

function isUsable(server: string): boolean {
  if (!URL.canParse(server)) return false;
  const { protocol, hostname } = new URL(server);
  return protocol === "https:" || (protocol === "http:" && /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(hostname));
}

function fault(file: string, expected: string): AccessFault {
  return {
    kind: "fault",
    message: `Cannot read kubeconfig "${shorten(file)}": expected ${expected}`,
    wayOut: `run: kubectl --kubeconfig ${shorten(file)} config view`,
  };
}

/** The words of a YAML parser quote the file, and so may hold a secret: only where it stands is told. */
function expectedInstead(error: unknown): string {
  if (!(error instanceof Error)) return "a kubeconfig";
  const line: unknown = Reflect.get(Object(Reflect.get(error, "mark")), "line");
  if (typeof line === "number") return `YAML, which line ${line + 1} is not`;
  const code: unknown = Reflect.get(error, "code");
  if (typeof code === "string") return `a file that can be read (${code})`;
  // client-node's own: "users[0].name is missing". Anything else is a place where the shape is another.
  return /^[\w.[\]-]+ is missing$/.test(error.message) ? `an entry that is there: ${error.message}` : "a kubeconfig";
}
