/**
 * Reservations of which the address or the node cannot be told: nobody can judge them, so they are told to a person.
 *
 * @module
 */
import type { KubeMetadata } from "../../ports/kube-api.ts";
import type { Unreadable } from "../../ports/scene.ts";
import { annotations, labels, labelValue } from "../labels.ts";
import { placeOf } from "../reservation.ts";
import { reservations } from "../resources.ts";

/** Of one that bears a label of Berth's, by its metadata; undefined: it can be judged. */
export function unreadableMarks(metadata: KubeMetadata, namespace: string): Unreadable | undefined {
  const label = metadata.labels?.[labels.node];
  if (label === undefined) return undefined;
  if (placeOf(metadata) === undefined) return addressless(metadata, namespace);
  if (metadata.labels?.[labels.kind] === "withheld") return undefined;
  const node = metadata.annotations?.[annotations.node] ?? "";
  if (node !== "" && labelValue(node) === label) return undefined;
  return unreadable(metadata, namespace, "its node cannot be told: label and annotation do not agree");
}

export function addressless(metadata: KubeMetadata, namespace: string): Unreadable {
  return unreadable(metadata, namespace, "its address cannot be told: name and annotations do not agree");
}

function unreadable({ name }: KubeMetadata, namespace: string, why: string): Unreadable {
  const kind = `${reservations.plural}.${reservations.group}`;
  return {
    name,
    why: `nobody can judge reservation ${name}: ${why}`,
    command: `kubectl -n ${namespace} get ${kind} ${name} -o yaml`,
  };
}
