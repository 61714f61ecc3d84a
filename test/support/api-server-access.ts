/**
 * Who asks: a user with a kubeconfig of its own, and what it may do.
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { certifyUser } from "./api-server-certificates.ts";
import { type ApiClient, createApiClient, type Credentials } from "./api-server-client.ts";

export type Access = {
  /** The name that the audit log and RBAC know. */
  readonly user: string;
  readonly credentials: Credentials;
  /** A kubeconfig (JSON, which is YAML), absolute path. `formatKubeconfig` makes one with other credentials. */
  readonly kubeconfig: string;
  /** Asks as this user; its user agent is `berth-test`. */
  readonly client: ApiClient;
};

/** A rule of RBAC, as in a Role. */
export type PolicyRule = {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
};

/** Where a server is, and where its keys and kubeconfigs are kept. */
export type Site = { readonly url: string; readonly directory: string };

export type AccountOptions = {
  /** Where it is made; its kubeconfig's context names it, too. */
  readonly namespace: string;
  readonly name: string;
  /** What it may do, in all namespaces. */
  readonly rules: readonly PolicyRule[];
  /** What it may do in its own namespace, too. */
  readonly rulesHere?: readonly PolicyRule[];
  /** Of its token; the server gives at least 600 s. Left out: a day. */
  readonly tokenSeconds?: number;
};

export const readAuthority = (site: Site): string => readFileSync(join(site.directory, "ca.crt"), "utf8");

export type UserOptions = {
  readonly name: string;
  /** A member of `system:masters` may do everything. Left out: none. */
  readonly groups?: readonly string[];
  /** Of the kubeconfig's context. Left out: none, and Whereabouts takes kube-system. */
  readonly namespace?: string;
};

/** An access by client certificate. */
export async function createUser(site: Site, { name, groups, namespace }: UserOptions): Promise<Access> {
  return accessOf(site, name, await certifyUser(site.directory, name, groups), namespace);
}

/** Makes the service account, its roles and bindings, and a token; comes back when the rules are in force. */
export async function createAccount(site: Site, admin: ApiClient, options: AccountOptions): Promise<Access> {
  const { namespace, name, rules, rulesHere = [] } = options;
  const user = `system:serviceaccount:${namespace}:${name}`;
  const role = `${namespace}.${name}`;
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
  const make = (path: string, body: object) => admin.ask({ method: "POST", path, body });
  const bound = (kind: string) => ({
    metadata: { name: role },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name: role },
    subjects: [{ kind: "ServiceAccount", namespace, name }],
  });
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  await Promise.all([
    make(accounts, { metadata: { name } }),
    make(`${rbac}/clusterroles`, { metadata: { name: role }, rules }),
    make(`${rbac}/clusterrolebindings`, bound("ClusterRole")),
    make(`${rbac}/namespaces/${namespace}/roles`, { metadata: { name: role }, rules: rulesHere }),
    make(`${rbac}/namespaces/${namespace}/rolebindings`, bound("Role")),
  ]);
  const token = await mintToken(admin, options);
  await inForce(admin, user, rules);
  await inForce(admin, user, rulesHere, namespace);
  return accessOf(site, user, { token }, namespace);
}

/** Another token for an account. */
export async function mintToken(
  admin: ApiClient,
  { namespace, name, tokenSeconds = 86_400 }: Omit<AccountOptions, "rules">,
): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const made = await admin.ask({ method: "POST", path, body: { spec: { expirationSeconds: tokenSeconds } } });
  return Object(made["status"]).token;
}

/** Writes a kubeconfig into the server's directory. */
export function accessOf(site: Site, user: string, credentials: Credentials, namespace?: string): Access {
  const ca = readAuthority(site);
  const kubeconfig = join(site.directory, `${user.replaceAll(/[^\w.-]/g, "-")}.kubeconfig`);
  writeFileSync(kubeconfig, formatKubeconfig(site.url, ca, credentials, namespace), { mode: 0o600 });
  return {
    user,
    credentials,
    kubeconfig,
    client: createApiClient({ ...site, ca, credentials, userAgent: "berth-test" }),
  };
}

/** @param namespace of the context: where Whereabouts and Berth look for their objects; left out: none is named */
export function formatKubeconfig(url: string, ca: string, credentials: Credentials, namespace?: string): string {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const user =
    "token" in credentials
      ? { token: credentials.token }
      : {
          "client-certificate-data": base64(credentials.certificate),
          "client-key-data": base64(credentials.key),
        };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster: { server: url, "certificate-authority-data": base64(ca) } }],
    users: [{ name: "test", user }],
    contexts: [
      { name: "test", context: { cluster: "test", user: "test", ...(namespace === undefined ? {} : { namespace }) } },
    ],
    "current-context": "test",
  });
}

const waitMs = 10;

/** The server learns of new rules from a watch of its own. */
async function inForce(
  admin: ApiClient,
  user: string,
  rules: readonly PolicyRule[],
  namespace?: string,
): Promise<void> {
  for (const rule of rules) {
    const resourceAttributes = {
      namespace,
      group: rule.apiGroups[0],
      resource: rule.resources[0],
      verb: rule.verbs[0],
      name: rule.resourceNames?.[0],
    };
    const body = { spec: { user, resourceAttributes } };
    const path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
    while (Object((await admin.ask({ method: "POST", path, body }))["status"]).allowed !== true) await delay(waitMs);
  }
}
