/**
 * The real client against a real API server: the port's contract, and what only a real one can tell.
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { openKubeApi } from "../../adapters/kube/open.ts";
import type { OpenKubeApi } from "../../adapters/kube/api.ts";
import { createClock } from "../../adapters/system/clock.ts";
import { createRandom } from "../../adapters/system/random.ts";
import { configMaps, definitions, pools, reservations } from "../../core/kube/resources.ts";
import { certifyUser, createAuthority } from "../support/api-server-certificates.ts";
import type { Cluster } from "../support/api-server-cluster.ts";
import { sharedApiServer } from "../support/api-server-shared.ts";
import { kubeApiCases } from "../contracts/kube-api-cases.ts";
import { quietLog, quietMetrics } from "../support/kube-client.ts";

let cluster: Cluster;
const opened = new Map<string, Promise<OpenKubeApi>>();

/** One client for each kubeconfig, as a program has. */
function clientOf(kubeconfig: string): Promise<OpenKubeApi> {
  const client = opened.get(kubeconfig) ?? open(kubeconfig);
  opened.set(kubeconfig, client);
  return client;
}

async function open(kubeconfig: string): Promise<OpenKubeApi> {
  const answer = await openKubeApi({
    kubeconfig,
    clock: createClock(),
    random: createRandom(),
    log: quietLog,
    metrics: quietMetrics,
    userAgent: "berth-agent/test (node-1)",
  });
  if (answer.kind === "fault") throw new Error(answer.message);
  return answer.api;
}

beforeAll(async () => {
  cluster = await sharedApiServer();
  return async () => {
    for (const client of opened.values()) (await client).close();
  };
});

kubeApiCases("a real one", async () => {
  cluster = await sharedApiServer();
  return { api: await clientOf(cluster.admin.kubeconfig), namespace: await cluster.namespace() };
});

describe("a real API server", () => {
  test("tells a kind that it does not have from an object that is not there", async () => {
    const api = await clientOf(cluster.admin.kubeconfig);
    const namespace = await cluster.namespace();
    const alien = { ...pools, plural: "ippuddles", kind: "IPPuddle" };
    const unknownGroup = { ...definitions, group: "nobody.example" };
    for (const resource of [alien, unknownGroup]) {
      const object = { metadata: { name: "a", namespace } };
      const name = { resource, namespace, name: "a" };
      const answers = [
        await api.read(name),
        await api.create(resource, object),
        await api.patch(name, [{ op: "test", path: "/spec", value: null }]),
        await api.remove(name, { uid: "00000000-0000-4000-8000-000000000000" }),
        await api.list({ resource, namespace, cached: true, metadataOnly: false }),
      ];
      for (const answer of answers) expect(answer).toMatchObject({ kind: "refused", status: 404 });
    }
  });

  test("refuses to create in a namespace that is not there, and finds nothing in it", async () => {
    const api = await clientOf(cluster.admin.kubeconfig);
    const object = { metadata: { name: "a", namespace: "nowhere" }, spec: { podref: "a/b", ifname: "net1" } };
    expect(await api.create(reservations, object)).toMatchObject({ kind: "refused", status: 404, reason: "NotFound" });
    const name = { resource: reservations, namespace: "nowhere", name: "a" };
    expect(await api.read(name)).toEqual({ kind: "absent" });
    expect(await api.remove(name, { uid: "00000000-0000-4000-8000-000000000000" })).toEqual({ kind: "absent" });
  });

  test("says which rule is missing", async () => {
    const namespace = await cluster.namespace();
    const rules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get"] }];
    const api = await clientOf((await cluster.account({ namespace, name: "poor", rules })).kubeconfig);
    expect(api.namespace).toBe(namespace);
    expect(await api.read({ resource: configMaps, namespace, name: "a" })).toEqual({ kind: "absent" });
    const refused = await api.read({ resource: pools, namespace, name: "a" });
    expect(refused).toMatchObject({ kind: "refused", status: 403, reason: "Forbidden" });
    const message = refused.kind === "refused" ? refused.message : "";
    expect(message).toContain('cannot get resource "ippools" in API group "whereabouts.cni.cncf.io"');
  });

  test("learns a new token from its file, and shows a certificate of nobody in vain", async () => {
    const namespace = await cluster.namespace();
    const rules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get"] }];
    const account = await cluster.account({ namespace, name: "poor", rules });
    const tokenFile = join(cluster.directory, `${namespace}.token`);
    writeFileSync(tokenFile, "not.a.token");
    const config = JSON.parse(readFileSync(account.kubeconfig, "utf8"));
    const written = (name: string, user: object) => {
      const path = join(cluster.directory, `${namespace}.${name}`);
      writeFileSync(path, JSON.stringify({ ...config, users: [{ name: "test", user }] }));
      return path;
    };
    const api = await clientOf(written("token-file", { tokenFile }));
    const name = { resource: configMaps, namespace, name: "a" };
    expect(await api.read(name)).toMatchObject({ kind: "refused", status: 401, reason: "Unauthorized" });
    writeFileSync(tokenFile, await cluster.token({ namespace, name: "poor" }));
    expect(await api.read(name)).toEqual({ kind: "absent" });

    const elsewhere = mkdtempSync(join(tmpdir(), "berth-other-"));
    await createAuthority(elsewhere);
    const { certificate, key } = await certifyUser(elsewhere, "admin", ["system:masters"]);
    rmSync(elsewhere, { recursive: true });
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    const user = { "client-certificate-data": base64(certificate), "client-key-data": base64(key) };
    const stranger = await clientOf(written("stranger", user));
    expect(await stranger.read(name)).toMatchObject({ kind: "refused", status: 401 });
  });

  test("would panic over a test without a value, which is why none is ever sent", async () => {
    const namespace = await cluster.namespace();
    const { group, version, plural } = pools;
    const path = `/apis/${group}/${version}/namespaces/${namespace}/${plural}`;
    const pool = { metadata: { name: "10.0.0.0-24", namespace }, spec: { range: "10.0.0.0/24", allocations: {} } };
    const api = await clientOf(cluster.admin.kubeconfig);
    await api.create(pools, pool);
    const send = (body: object) =>
      cluster.client.request({
        method: "PATCH",
        path: `${path}/10.0.0.0-24`,
        contentType: "application/json-patch+json",
        body,
      });
    await expect(send([{ op: "test", path: "/spec/allocations/5" }])).rejects.toThrow();
    expect(await send([{ op: "test", path: "/spec/allocations/5", value: null }])).toMatchObject({ status: 200 });
    const steps = JSON.parse('[{"op":"test","path":"/spec/allocations/5"}]');
    await expect(api.patch({ resource: pools, namespace, name: "10.0.0.0-24" }, steps)).rejects.toThrow("plain JSON");
  });

  test("owns its fields by the name of the program", async () => {
    const api = await clientOf(cluster.admin.kubeconfig);
    const namespace = await cluster.namespace();
    const made = await api.create(configMaps, { metadata: { name: "a", namespace }, data: { b: "c" } });
    expect(made).toMatchObject({ object: { metadata: { managedFields: [{ manager: "berth-agent" }] } } });
  });

  test("takes a thousand objects at once over one connection", async () => {
    const namespace = await cluster.namespace();
    const api = await open(cluster.admin.kubeconfig);
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, at) =>
        api.create(configMaps, { metadata: { name: `c-${at}`, namespace }, data: { at: String(at) } }),
      ),
    );
    expect(answers.filter(({ kind }) => kind !== "object")).toEqual([]);
    expect(api.connections()).toBe(1);
    api.close();
  });
});
