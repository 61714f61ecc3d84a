/**
 * One client in a process of its own: creates reservations one at a time, then many at once, and says how long it took and
 * what memory it has. Arguments: which client, the kubeconfig, the namespace.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { connect } from "node:http2";
import type * as ClientNode from "@kubernetes/client-node";
import { reservations } from "../../core/kube/resources.ts";
import { median } from "./spawn.ts";

export type Measured = {
  readonly oneMs: number;
  readonly manyMs: number;
  readonly residentMiB: number;
  /** After both; before, only what it takes to be ready. */
  readonly readyMiB: number;
};

type Create = (name: string) => Promise<unknown>;

const warmUps = 100;
const ones = 300;
const many = 500;

const [kind = "", kubeconfig = "", namespace = ""] = process.argv.slice(2);
const { group, version, plural } = reservations;
const path = `/apis/${group}/${version}/namespaces/${namespace}/${plural}`;
const objectOf = (name: string) => ({
  apiVersion: `${group}/${version}`,
  kind: reservations.kind,
  metadata: { name, namespace },
  spec: { podref: `default/${name}`, ifname: "net1", containerid: name },
});

const makers: { readonly [kind: string]: () => Promise<Create> } = {
  none: async () => async () => undefined,
  http2: async () => bareHttp2(),
  berth: async () => berth(),
  "client-node": async () => clientNode(false),
  "client-node, dispatcher kept": async () => clientNode(true),
};

const create = await (makers[kind] ?? fail)();
const prefix = `${kind.replaceAll(/\W+/g, "-")}-${process.pid}`;
for (let at = 0; at < warmUps; at += 1) await create(`${prefix}-w-${at}`);
const readyMiB = residentMiB();
const eachMs: number[] = [];
for (let at = 0; at < ones; at += 1) {
  const begun = performance.now();
  await create(`${prefix}-o-${at}`);
  eachMs.push(performance.now() - begun);
}
const begun = performance.now();
await Promise.all(Array.from({ length: many }, (_, at) => create(`${prefix}-m-${at}`)));
const manyMs = performance.now() - begun;
const measured: Measured = { oneMs: median(eachMs), manyMs, readyMiB, residentMiB: residentMiB() };
process.stdout.write(JSON.stringify(measured), () => process.exit(0));

function fail(): never {
  throw new Error(`Cannot measure client "${kind}": expected one of ${Object.keys(makers).join(", ")}`);
}

/** As little as can be: no time-outs, no looking at answers. */
function bareHttp2(): Create {
  const { clusters, users } = JSON.parse(readFileSync(kubeconfig, "utf8"));
  const text = (base64: string) => Buffer.from(base64, "base64").toString();
  const { server, "certificate-authority-data": ca } = clusters[0].cluster;
  const { "client-certificate-data": cert, "client-key-data": key } = users[0].user;
  const session = connect(server, { ca: text(ca), cert: text(cert), key: text(key) });
  return (name) =>
    new Promise((resolve, reject) => {
      const stream = session.request({ ":method": "POST", ":path": path, "content-type": "application/json" });
      let answer = "";
      stream.setEncoding("utf8").on("data", (piece) => (answer += piece));
      stream.once("error", reject);
      stream.once("end", () => resolve(JSON.parse(answer)));
      stream.end(JSON.stringify(objectOf(name)));
    });
}

async function berth(): Promise<Create> {
  const { openKubeApi } = await import("../../adapters/kube/open.ts");
  const { createClock } = await import("../../adapters/system/clock.ts");
  const { createRandom } = await import("../../adapters/system/random.ts");
  const { quietLog, quietMetrics } = await import("../support/kube-client.ts");
  const opened = await openKubeApi({
    kubeconfig,
    clock: createClock(),
    random: createRandom(),
    log: quietLog,
    metrics: quietMetrics,
    userAgent: "berth-agent/bench (node-1)",
  });
  if (opened.kind === "fault") throw new Error(opened.message);
  return async (name) => {
    const answer = await opened.api.create(reservations, objectOf(name));
    if (answer.kind !== "object") throw new Error(JSON.stringify(answer));
  };
}

/** @param isKept the connection stays open: it makes a new one for every request otherwise */
async function clientNode(isKept: boolean): Promise<Create> {
  const { KubeConfig, CustomObjectsApi }: typeof ClientNode = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  if (isKept) {
    const make: (...of: unknown[]) => unknown = Reflect.get(config, "createDispatcher").bind(config);
    let kept: unknown;
    Reflect.set(config, "createDispatcher", (...of: unknown[]) => (kept ??= make(...of)));
  }
  const api = config.makeApiClient(CustomObjectsApi);
  return (name) => api.createNamespacedCustomObject({ group, version, namespace, plural, body: objectOf(name) });
}

function residentMiB(): number {
  return process.memoryUsage.rss() / 1024 / 1024;
}
