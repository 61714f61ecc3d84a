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
  const file = (name: string) => readFileSync(join(cluster.directory, name), "utf8");
  const { credentials } = cluster.admin;
  if (!("key" in credentials)) throw new Error("Cannot fill a pool: expected an administrator with a certificate");
  const session = connect(cluster.url, {
    ca: file("ca.crt"),
    cert: credentials.certificate,
    key: credentials.key,
  });
  const waiting = [...objects];
  const one = async () => {
    for (let object = waiting.pop(); object !== undefined; object = waiting.pop()) {
      await new Promise<void>((resolve, reject) => {
        const stream = session.request({
          ":method": "POST",
          ":path": pathOf(resource, namespace),
          "content-type": "application/json",
        });
        stream.once("response", ({ ":status": status }) =>
          status === 201 ? resolve() : reject(new Error(`Cannot fill a pool: expected status 201, got ${status}`)),
        );
        stream.once("error", reject);
        stream.resume().end(JSON.stringify(object));
      });
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
  session.close();
}
