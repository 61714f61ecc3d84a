/**
 * Installs the kinds of objects of `crds/` on a test's API server, and that of Multus' definitions.
 *
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { KubeObject } from "../../core/ports/kube-api.ts";
import { treeRoot } from "../tools/places.ts";
import type { ApiClient } from "./api-server-client.ts";

/** Where they are installed, in URLs. */
export const crdCollection = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const folders = [join(treeRoot, "crds"), join(import.meta.dirname, "crds")];

/** @param rules with false, our validation rules are left out, as on a cluster that Whereabouts was installed on first */
export async function installCrds(client: ApiClient, rules = true): Promise<void> {
  const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  await Promise.all(
    files.map(async (file) => {
      const made = await create(client, readCrd(file), rules);
      await served(client, made);
    }),
  );
}

/** As it stands in its file: YAML. */
export function readCrd(file: string): string {
  return readFileSync(file, "utf8");
}

async function create(client: ApiClient, yaml: string, rules: boolean): Promise<KubeObject> {
  const sent = { method: "POST", body: yaml, contentType: "application/yaml" } as const;
  if (rules) return client.ask({ ...sent, path: crdCollection });
  const read = await client.ask({ ...sent, path: `${crdCollection}?dryRun=All` });
  const { uid: _uid, resourceVersion: _version, ...metadata } = read.metadata;
  const bare = JSON.stringify({ ...read, metadata }, (key, value) =>
    key === "x-kubernetes-validations" ? undefined : value,
  );
  return client.ask({ method: "POST", path: crdCollection, body: bare });
}

const waitMs = 20;

/**
 * A kind is accepted some time before its objects are. The server then holds up what would create the first ones for two
 * seconds, for other servers to learn of the kind: waited out here, so that no test meets it.
 */
async function served(client: ApiClient, crd: KubeObject): Promise<void> {
  const { group, versions } = Object(crd["spec"]);
  const plural = crd.metadata.name.split(".")[0];
  const path = `/apis/${group}/${versions[0].name}/namespaces/default/${plural}`;
  while ((await client.request({ method: "GET", path })).status !== 200) await delay(waitMs);
  await client.request({ method: "POST", path, body: {} });
}
