/**
 * What a test does with an API server that runs: whoever started it.
 *
 * @module
 */
import { join } from "node:path";
import type { KubeObject } from "../../core/ports/kube-api.ts";
import {
  type Access,
  type AccountOptions,
  createAccount,
  createUser,
  mintToken,
  readAuthority,
  type Site,
  type UserOptions,
} from "./api-server-access.ts";
import { type AuditLog, createAuditLog } from "./api-server-audit.ts";
import type { ApiClient } from "./api-server-client.ts";
import {
  createFakeNode,
  createNad,
  createNamespaceObject,
  createPod,
  type NodeOptions,
  type PodOptions,
  removeNode,
  removePod,
} from "./api-server-objects.ts";

export type Cluster = {
  /** `https://127.0.0.1:<port>`. */
  readonly url: string;
  /** Everything of the server is in here, absolute; gone when it has been stopped. */
  readonly directory: string;
  /** Where its etcd is, `http://127.0.0.1:<port>`. */
  readonly etcdUrl: string;
  /** The authority that signed the server's certificate, PEM. */
  readonly ca: string;
  /** May do everything. */
  readonly admin: Access;
  /** The administrator's. */
  readonly client: ApiClient;
  readonly audit: AuditLog;
  /** A user by client certificate: without rights, unless a group brings them. */
  readonly user: (options: UserOptions) => Promise<Access>;
  /** A service account with these rights. */
  readonly account: (options: AccountOptions) => Promise<Access>;
  /** A new token of an account that is there. After its account has been deleted the server may take it for 10 s more. */
  readonly token: (account: Omit<AccountOptions, "rules">) => Promise<string>;
  /** A new namespace: tests that share a server keep apart by it. Nodes are shared, so name them after it. */
  readonly namespace: (prefix?: string) => Promise<string>;
  readonly fakeNode: (name: string, options?: NodeOptions) => Promise<KubeObject>;
  readonly removeNode: (name: string) => Promise<KubeObject>;
  readonly pod: (options: PodOptions) => Promise<KubeObject>;
  /** Without a grace period the pod is gone at once; with one it is only marked. */
  readonly removePod: (namespace: string, name: string, graceSeconds?: number) => Promise<KubeObject>;
  readonly nad: (namespace: string, name: string, config: object) => Promise<KubeObject>;
  /** One of etcd's own counters, as `etcd_disk_wal_write_bytes_total`; summed over its labels. */
  readonly etcdMetric: (name: string) => Promise<number>;
};

export function openCluster(site: Site, admin: Access, etcdUrl: string): Cluster {
  const { client } = admin;
  return {
    ...site,
    etcdUrl,
    ca: readAuthority(site),
    admin,
    client,
    audit: createAuditLog(join(site.directory, "audit.log"), client),
    user: (options) => createUser(site, options),
    account: (options) => createAccount(site, client, options),
    token: (account) => mintToken(client, account),
    namespace: (prefix) => createNamespaceObject(client, prefix),
    fakeNode: (name, options) => createFakeNode(client, name, options),
    removeNode: (name) => removeNode(client, name),
    pod: (options) => createPod(client, options),
    removePod: (namespace, name, graceSeconds) => removePod(client, namespace, name, graceSeconds),
    nad: (namespace, name, config) => createNad(client, namespace, name, config),
    etcdMetric: (name) => readMetric(etcdUrl, name),
  };
}

async function readMetric(etcdUrl: string, name: string): Promise<number> {
  const text = await (await fetch(`${etcdUrl}/metrics`)).text();
  const lines = text.split("\n").filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  if (lines.length === 0) throw new Error(`Cannot find metric "${name}": expected etcd to have it`);
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}
