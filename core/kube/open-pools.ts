/**
 * The pool objects of a definition: made by its first ADD, never by a DEL, and marked with the setting of overlapping ranges
 * that it was first used with (P2, P3).
 *
 * @module
 */
import type { NewObject, ObjectName } from "../ports/kube-api.ts";
import type { PatchStep } from "../ports/json-patch.ts";
import type { OpenAnswer, Serving } from "../ports/store.ts";
import { pointer } from "./json-patch.ts";
import { annotations, labels, labelValue } from "./labels.ts";
import { isLegalName, poolName } from "./names.ts";
import { pools } from "./resources.ts";
import { openBesideSlices } from "./slice-entries.ts";
import { tellFault } from "./pool-sight.ts";
import { twinsForPool } from "./twins.ts";
import type { KubeStoreNeeds } from "./needs.ts";
import { reasonOf } from "./reason.ts";

/** Cost: one read for each range, one write for each that was not marked; beside Whereabouts that of `openBesideSlices`. */
export async function openPools(needs: KubeStoreNeeds, serving: Serving): Promise<OpenAnswer> {
  for (const pool of new Set(serving.ranges.map((range) => range.pool))) {
    needs.mixed?.entries.noteSlices(serving.network, pool, serving.sliceLength);
    const beside = await openBesideSlices(needs, serving, pool);
    if (beside.kind !== "open") return beside;
    const answer = await openPool(needs, serving, pool);
    const twins = answer.kind === "open" && !serving.overlapping ? await twinsForPool(needs, serving, pool) : answer;
    if (twins.kind !== "open") return twins;
  }
  return { kind: "open" };
}

/** Twice: somebody may have made or marked it between our look and our write. */
async function openPool(needs: KubeStoreNeeds, serving: Serving, pool: string): Promise<OpenAnswer> {
  const at: ObjectName = { resource: pools, namespace: needs.namespace, name: poolName(serving.network, pool) };
  if (!isLegalName(at.name)) return { kind: "unknown", reason: `no object can be named "${at.name}"` };
  let reason = "it changes faster than it can be read";
  for (let round = 0; round < 3; round += 1) {
    const found = await needs.api.read(at);
    if (found.kind === "object") {
      tellFault(needs, found.object);
      const marks = found.object.metadata.annotations;
      const setting = marks?.[annotations.overlapping];
      if (setting === String(serving.overlapping)) return { kind: "open" };
      if (setting !== undefined) return { kind: "disagrees", definition: marks?.[annotations.definition] ?? "", pool };
      const answer = await needs.api.patch(at, markSteps(serving, pool, marks === undefined));
      if (answer.kind === "object") return { kind: "open" };
      reason = reasonOf(answer);
    } else if (found.kind === "absent") {
      const answer = await needs.api.create(pools, newPool(needs, serving, pool));
      if (answer.kind === "object") return { kind: "open" };
      reason = reasonOf(answer);
    } else return { kind: "unknown", reason: reasonOf(found) };
  }
  return { kind: "unknown", reason };
}

function newPool(
  { namespace }: KubeStoreNeeds,
  { network, overlapping, definition }: Serving,
  pool: string,
): NewObject {
  return {
    apiVersion: `${pools.group}/${pools.version}`,
    kind: pools.kind,
    metadata: {
      name: poolName(network, pool),
      namespace,
      labels: { [labels.network]: labelValue(network) },
      annotations: {
        [annotations.network]: network,
        [annotations.pool]: pool,
        [annotations.overlapping]: String(overlapping),
        [annotations.definition]: definition,
      },
    },
    spec: { range: pool, allocations: {} },
  };
}

/** Marks a pool that Whereabouts made. */
function markSteps({ network, overlapping, definition }: Serving, pool: string, isBare: boolean): readonly PatchStep[] {
  const pathOf = (key: string) => pointer("metadata", "annotations", key);
  const add = (key: string, value: string): PatchStep => ({ op: "add", path: pathOf(key), value });
  return [
    ...(isBare
      ? [
          { op: "test", path: "/metadata/annotations", value: null } as const,
          { op: "add", path: "/metadata/annotations", value: {} } as const,
        ]
      : []),
    { op: "test", path: pathOf(annotations.overlapping), value: null },
    add(annotations.overlapping, String(overlapping)),
    add(annotations.definition, definition),
    add(annotations.network, network),
    add(annotations.pool, pool),
  ];
}
