/**
 * The API server that other tests stand on: what it is, and that it comes and goes as it should.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { beforeAll, expect, test } from "vitest";
import { definitions, pods, pools } from "../../core/kube/resources.ts";
import { startApiServer } from "../support/api-server.ts";
import { formatKubeconfig } from "../support/api-server-access.ts";
import { createApiClient, pathOf } from "../support/api-server-client.ts";
import { shareApiServer, sharedApiServer } from "../support/api-server-shared.ts";
import { ensureTools } from "../tools/install.ts";
import { runOrThrow } from "../tools/process.ts";

beforeAll(async () => {
  const outcome = await ensureTools("test", (line) => console.log(line));
  if (outcome.kind !== "ready") throw new Error(outcome.message);
}, 1_200_000);

const readPools = [{ apiGroups: [pools.group], resources: [pools.plural], verbs: ["get", "list", "watch"] }];

test("it is the pinned release, with TLS and RBAC", async () => {
  const server = await sharedApiServer();
  const namespace = await server.namespace();
  const account = await server.account({ namespace, name: "reader", rules: readPools });

  expect((await server.client.ask({ method: "GET", path: "/version" }))["gitVersion"]).toBe("v1.34.4");
  expect(await account.client.request({ method: "GET", path: pathOf(pools) })).toMatchObject({ status: 200 });
  expect(await account.client.request({ method: "GET", path: pathOf(pods) })).toMatchObject({
    status: 403,
    reason: "Forbidden",
    message: expect.stringContaining(`User "system:serviceaccount:${namespace}:reader" cannot list resource "pods"`),
  });
  const nobody = await server.user({ name: "nobody" });
  expect(await nobody.client.request({ method: "GET", path: pathOf(pools) })).toMatchObject({ status: 403 });
  const { credentials } = server.admin;
  const stranger = createApiClient({ url: server.url, ca: "", credentials, userAgent: "stranger" });
  await expect(stranger.request({ method: "GET", path: "/readyz" })).rejects.toThrow("certificate");
});

test("a kubeconfig names the account's namespace, and a renewed token serves as the first", async () => {
  const server = await sharedApiServer();
  const namespace = await server.namespace();
  const account = await server.account({ namespace, name: "reader", rules: readPools });
  const token = await server.token({ namespace, name: "reader", tokenSeconds: 600 });
  const renewed = createApiClient({ url: server.url, ca: server.ca, credentials: { token }, userAgent: "renewed" });

  expect(JSON.parse(readFileSync(account.kubeconfig, "utf8"))).toMatchObject({
    clusters: [{ cluster: { server: server.url } }],
    contexts: [{ context: { namespace } }],
  });
  expect(formatKubeconfig(server.url, server.ca, { token })).toContain(token);
  expect(await renewed.request({ method: "GET", path: pathOf(pools) })).toMatchObject({ status: 200 });
  const forged = createApiClient({ ...server, credentials: { token: `${token}x` }, userAgent: "forged" });
  expect(await forged.request({ method: "GET", path: pathOf(pools) })).toMatchObject({ status: 401 });
});

test("nodes, pods and definitions are made and unmade by hand", async () => {
  const server = await sharedApiServer();
  const namespace = await server.namespace();
  const node = `${namespace}-n1`;
  const pod = { namespace, name: "web-0", node, annotations: { colour: "blue" } };
  const read = () => server.client.request({ method: "GET", path: pathOf(pods, namespace, "web-0") });

  await server.fakeNode(node);
  await server.pod(pod);
  expect((await read()).object).toMatchObject({
    metadata: { annotations: { colour: "blue" } },
    spec: { nodeName: node },
    status: { phase: "Running" },
  });
  await server.removePod(namespace, "web-0", 30);
  expect((await read()).object.metadata.deletionTimestamp).toBeDefined();
  await server.removePod(namespace, "web-0");
  expect((await read()).status).toBe(404);
  await server.pod({ ...pod, phase: "Failed" });
  expect((await read()).object).toMatchObject({ status: { phase: "Failed" } });
  await server.removeNode(node);
  const lost = await server.fakeNode(node, {
    isReady: false,
    podCIDRs: ["10.244.1.0/24", "fd44::/64"],
    taints: [{ key: "node.kubernetes.io/out-of-service", effect: "NoExecute" }],
  });
  expect(lost).toMatchObject({
    spec: { podCIDRs: ["10.244.1.0/24", "fd44::/64"], taints: [{ key: "node.kubernetes.io/out-of-service" }] },
    status: { conditions: [{ type: "Ready", status: "False" }] },
  });

  await server.nad(namespace, "quay", { name: "quay", type: "macvlan" });
  const nad = await server.client.ask({ method: "GET", path: pathOf(definitions, namespace, "quay") });
  expect(nad).toMatchObject({ spec: { config: '{"name":"quay","type":"macvlan"}' } });
});

test("the audit log counts requests by user, verb and resource, and a watch when it begins", async () => {
  const server = await sharedApiServer();
  const namespace = await server.namespace();
  const account = await server.account({ namespace, name: "reader", rules: readPools });
  const path = pathOf(pools, namespace);

  await account.client.ask({ method: "GET", path });
  const since = server.audit.mark();
  await account.client.ask({ method: "GET", path });
  await account.client.request({ method: "GET", path: `${path}/none` });
  const other = createApiClient({ ...server, credentials: account.credentials, userAgent: "other/1" });
  await other.ask({ method: "GET", path: `${path}?watch=true&timeoutSeconds=1` });

  const list = `list ${pools.group}/ippools`;
  const get = `get ${pools.group}/ippools`;
  const watch = `watch ${pools.group}/ippools`;
  expect(await server.audit.counts({ user: account.user })).toMatchObject({ [list]: 2, [get]: 1, [watch]: 1 });
  expect(await server.audit.counts({ user: account.user, since, namespace })).toEqual({
    [list]: 1,
    [get]: 1,
    [watch]: 1,
  });
  expect(await server.audit.counts({ userAgent: "other", since })).toEqual({ [watch]: 1 });
  expect(await server.audit.requests({ user: account.user, since })).toContainEqual(
    expect.objectContaining({ verb: "get", name: "none", status: 404 }),
  );
  expect(await server.etcdMetric("etcd_disk_wal_write_bytes_total")).toBeGreaterThan(0);
});

test("what a global set-up shares is found by the processes of test files, and ends with the set-up", async () => {
  const end = await shareApiServer({ crds: "none" });
  const module = new URL("../support/api-server-shared.ts", import.meta.url).pathname;
  const program = `
    const { sharedApiServer } = await import(${JSON.stringify(module)});
    const cluster = await sharedApiServer();
    console.log(cluster.url, await cluster.namespace());
    cluster.client.close();`;
  const ask = () => runOrThrow(process.execPath, ["--input-type=module", "-e", program]);
  const [first = "", second = ""] = [await ask(), await ask()].map((line) => line.split(" ")[0]);

  expect(second).toBe(first);
  await end();
  await expect(fetch(first)).rejects.toThrow("fetch failed");
});

test("it can be stopped, started, paused and put back to an old copy, and leaves nothing", async () => {
  const server = await startApiServer({ crds: "none" });
  const readyz = () => server.client.request({ method: "GET", path: "/readyz" });
  const first = await server.namespace();
  const { restore } = await server.snapshot();
  const second = await server.namespace();
  const exists = async (name: string) =>
    (await server.client.request({ method: "GET", path: `/api/v1/namespaces/${name}` })).status === 200;
  const pids = () => [server.pid("apiServer"), server.pid("etcd")];

  await server.stopApiServer();
  await expect(readyz()).rejects.toThrow("ECONNREFUSED");
  await server.startApiServer();
  expect(await exists(second)).toBe(true);

  server.pause();
  const late = readyz();
  server.resume();
  expect((await late).status).toBe(200);
  server.pause("etcd");
  server.resume("etcd");

  const before = pids();
  const version = async () =>
    Number((await server.client.ask({ method: "GET", path: "/api/v1/namespaces?limit=1" })).metadata.resourceVersion);
  for (const _ of Array.from({ length: 20 })) await server.namespace();
  const newest = await version();
  await restore();
  expect([await exists(first), await exists(second)]).toEqual([true, false]);
  expect(await version(), "the resourceVersion of the old copy").toBeLessThan(newest);
  expect(before.filter(isAlive), "old processes").toEqual([]);

  const last = pids();
  await server.stop();
  expect(last.filter(isAlive), "processes").toEqual([]);
  expect(existsSync(server.directory), "directory").toBe(false);
});

test("its processes end with a test that is killed, and the next one removes what it left", async () => {
  const module = new URL("../support/api-server.ts", import.meta.url).pathname;
  const program = `
    const { startApiServer } = await import(${JSON.stringify(module)});
    const server = await startApiServer({ crds: "none" });
    console.log(JSON.stringify([server.pid("apiServer"), server.pid("etcd"), server.directory]));
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line]: string[] = await once(createInterface(child.stdout), "line");
  const [apiServer, etcd, directory] = JSON.parse(line ?? "[]");

  expect([apiServer, etcd].filter(isAlive)).toHaveLength(2);
  child.kill("SIGKILL");
  await expect.poll(() => [apiServer, etcd].filter(isAlive)).toEqual([]);
  await expect.poll(() => existsSync(`/proc/${child.pid}`)).toBe(false);
  await using next = await startApiServer({ crds: "none" });
  expect([existsSync(directory), existsSync(next.directory)], "directories of the dead and the living").toEqual([
    false,
    true,
  ]);
});

/** A zombie, whose parent has not asked after it yet, is dead. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
