/**
 * Where Berth lives: nodes with a Ready pod of its DaemonSets (P18).
 *
 * @module
 */
import type { Unread } from "../../ports/cluster.ts";
import type { KubeObject } from "../../ports/kube-api.ts";
import type { BerthPods } from "../../ports/scene.ts";
import { berthLabels } from "../berth-labels.ts";
import { memberOf } from "../member-of.ts";
import type { KubeStoreNeeds } from "../needs.ts";
import { collectPages } from "../read-pages.ts";
import { readyOf } from "../ready.ts";
import { reasonOf } from "../reason.ts";
import { pods } from "../resources.ts";

/** Whatever their namespace: it need not be that of the objects. @param node left out: of all nodes */
export async function berthPods(
  { api }: Pick<KubeStoreNeeds, "api">,
  node: string | undefined,
): Promise<({ readonly kind: "berth" } & BerthPods) | Unread> {
  const read = await collectPages(
    api,
    {
      resource: pods,
      labels: `${berthLabels.name}=berth`,
      ...(node === undefined ? {} : { fields: `spec.nodeName=${node}` }),
      metadataOnly: false,
      pageSize: 100,
    },
    placeOf,
  );
  if (read.kind !== "all") return { kind: "unknown", reason: reasonOf(read) };
  const of = (component: string) =>
    new Set(read.items.filter((one) => one.component === component).map((one) => one.node));
  return { kind: "berth", agents: of("agent"), members: of("reconciler") };
}

function placeOf({
  metadata,
  spec,
  status,
}: KubeObject): { readonly component: string; readonly node: string } | undefined {
  const node = memberOf(spec, "nodeName");
  const component = metadata.labels?.[berthLabels.component];
  if (typeof node !== "string" || component === undefined || !readyOf(status).isReady) return undefined;
  return metadata.deletionTimestamp === undefined ? { component, node } : undefined;
}
