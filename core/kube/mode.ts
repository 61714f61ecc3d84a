/**
 * Whether Whereabouts may write, too: one setting of the cluster, in a ConfigMap (P4).
 *
 * @module
 */
import type { ModeAnswer } from "../ports/cluster.ts";
import { memberOf } from "./member-of.ts";
import type { KubeStoreNeeds } from "./needs.ts";
import { reasonOf } from "./reason.ts";
import { configMaps } from "./resources.ts";

export const modeName = "berth";

/** Uncached. Missing, or anything but "absent", counts as present. */
export async function readMode({ api, namespace }: Pick<KubeStoreNeeds, "api" | "namespace">): Promise<ModeAnswer> {
  const found = await api.read({ resource: configMaps, namespace, name: modeName });
  if (found.kind === "absent") return { kind: "mode", mode: "present" };
  if (found.kind !== "object") return { kind: "unknown", reason: reasonOf(found) };
  return { kind: "mode", mode: memberOf(found.object["data"], "whereabouts") === "absent" ? "absent" : "present" };
}
