/**
 * Every reservation by its metadata, in pages: which nodes have leases, and how many each pool has.
 *
 * @module
 */
import type { KubeObject } from "../../ports/kube-api.ts";
import type { LeaseMark, Reader, Reading } from "../../ports/scene.ts";
import { annotations, labels } from "../labels.ts";
import type { KubeStoreNeeds } from "../needs.ts";
import { readPages } from "../read-pages.ts";
import { reasonOf } from "../reason.ts";
import { reservations } from "../resources.ts";
import { unreadableMarks } from "./unreadable.ts";

/** Cost: about 1 KiB for each reservation over the wire; a page is in memory at a time. */
export async function survey(
  { api, namespace }: Pick<KubeStoreNeeds, "api" | "namespace">,
  { begin, take, unreadable }: Reader<LeaseMark>,
): Reading {
  const query = { resource: reservations, namespace, metadataOnly: true };
  const unread = await readPages(api, query, {
    begin,
    keep: (object) => {
      if (!isFirst(object)) return;
      const fault = unreadableMarks(object.metadata, namespace);
      if (fault === undefined) take(markOf(object));
      else unreadable?.(fault);
    },
  });
  return unread === undefined ? undefined : { kind: "unknown", reason: reasonOf(unread) };
}

/** A further reservation of a static or withheld address goes with its first (P21). */
function isFirst({ metadata }: KubeObject): boolean {
  return (metadata.annotations?.[annotations.twinOf] ?? "") === "";
}

function markOf({ metadata }: KubeObject): LeaseMark {
  const isLabelled = (metadata.labels?.[labels.node] ?? "") !== "";
  return {
    // Without the label it is found among those without a node.
    node: isLabelled ? (metadata.annotations?.[annotations.node] ?? "") : "",
    pool: metadata.labels?.[labels.pool] ?? "",
    isWithheld: metadata.labels?.[labels.kind] === "withheld",
  };
}
