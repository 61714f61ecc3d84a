/**
 * Fills a pool by bare writes, as thousands of ADDs on other nodes would have.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { connect } from "node:http2";
import { join } from "node:path";
import { pools, reservations } from "../../../core/kube/resources.ts";
import type { NewObject, Resource } from "../../../core/ports/kube-api.ts";
import { pathOf } from "../../support/api-server-client.ts";
import type { Cluster } from "../../support/api-server-cluster.ts";
import { sampleReservation } from "./sample-reservation.ts";

const inFlight = 32;

/** Reservations of `network`, spread over the pool's first `size` addresses. */
export async function fillReservations(
  cluster: Cluster,
  namespace: string,
  { network, pool, count, size }: { network: string; pool: string; count: number; size: number },
): Promise<void> {
  const step = Math.floor(size / count);
  const objects = Array.from({ length: count }, (_, at) => sampleReservation(namespace, network, 1 + at * step, pool));
  await createAll(cluster, reservations, namespace, objects);
}

/** A pool of Whereabouts with so many entries, and its reservations: the lowest addresses, as it gives them. */
export async function fillWhereabouts(
  cluster: Cluster,
  namespace: string,
  { network, pool, count }: { network: string; pool: string; count: number },
): Promise<void> {
  const entry = (at: number) => ({
    id: at.toString(16).padStart(64, "0"),
    podref: `default/old-${at}`,
    ifname: "net1",
  });
  const allocations = Object.fromEntries(Array.from({ length: count }, (_, at) => [String(at + 1), entry(at + 1)]));
  const name = `${network}-${pool.replace("/", "-")}`;
  await cluster.client.ask({
    method: "POST",
    path: pathOf(pools, namespace),
    body: {
      apiVersion: `${pools.group}/${pools.version}`,
      kind: pools.kind,
      metadata: { name },
      spec: { range: pool, allocations },
    },
  });
  const objects = Array.from({ length: count }, (_, at): NewObject => {
    const { metadata, ...rest } = sampleReservation(namespace, network, at + 1, pool);
    // Whereabouts marks nothing.
    return { ...rest, metadata: { name: metadata.name, namespace } };
  });
  await createAll(cluster, reservations, namespace, objects);
}

async function createAll(
  cluster: Cluster,
  resource: Resource,
  namespace: string,
  objects: readonly NewObject[],
): Promise<void> {
  const path = pathOf(resource, namespace);
  await writeAll(
    cluster,
    objects.map((body) => ({ method: "POST", path, body, contentType: "application/json" })),
  );
}

/** One request. */
export type Write = {
  readonly method: "POST" | "PATCH";
  readonly path: string;
  readonly body: object;
  readonly contentType: string;
};

/** Some at once, in no order, by the administrator. */
export async function writeAll(cluster: Cluster, writes: readonly Write[]): Promise<void> {
  const file = (name: string) => readFileSync(join(cluster.directory, name), "utf8");
  const { credentials } = cluster.admin;
  if (!("key" in credentials)) throw new Error("Cannot fill a cluster: expected an administrator with a certificate");
  const session = connect(cluster.url, {
    ca: file("ca.crt"),
    cert: credentials.certificate,
    key: credentials.key,
  });
  const waiting = [...writes];
  const one = async () => {
    for (let write = waiting.pop(); write !== undefined; write = waiting.pop()) {
      const { method, path, body, contentType } = write;
      await new Promise<void>((resolve, reject) => {
        const stream = session.request({ ":method": method, ":path": path, "content-type": contentType });
        stream.once("response", ({ ":status": status }) =>
          status === 201 || status === 200
            ? resolve()
            : reject(new Error(`Cannot fill a cluster: expected status 200 or 201 of ${path}, got ${status}`)),
        );
        stream.once("error", reject);
        stream.resume().end(JSON.stringify(body));
      });
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
  session.close();
}
