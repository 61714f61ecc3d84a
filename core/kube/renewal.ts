/**
 * The patch that gives a reservation a new holder in place (P11).
 *
 * @module
 */
import type { PatchStep } from "../ports/json-patch.ts";
import type { KubeMetadata } from "../ports/kube-api.ts";
import type { Claim } from "../ports/store.ts";
import { annotations } from "./labels.ts";
import { marksOf, specOf } from "./reservation.ts";
import type { Version } from "./version.ts";

/** What an object has none of: nothing can be added to it before it is made. */
export type Gap = "labels" | "annotations";

export function gapsOf(metadata: KubeMetadata): readonly Gap[] {
  return (["labels", "annotations"] as const).filter((part) => metadata[part] === undefined);
}

/** Only while uid and resourceVersion still stand; fields that others keep on the object stay. */
export function renewalSteps(
  next: Claim,
  { uid, resourceVersion }: Version,
  journal: string,
  gaps: readonly Gap[],
): readonly PatchStep[] {
  const marks = marksOf(next, { namespace: "", journal });
  const mark = (part: "labels" | "annotations") =>
    Object.entries(marks[part]).map(([key, value]): PatchStep => ({ op: "add", path: markPath(part, key), value }));
  const stale = [annotations.contested, annotations.podUid, annotations.reason].filter(
    (key) => marks.annotations[key] === undefined,
  );
  return [
    { op: "test", path: "/metadata/uid", value: uid },
    { op: "test", path: "/metadata/resourceVersion", value: resourceVersion },
    { op: "replace", path: "/spec", value: specOf(next) },
    ...gaps.map((part): PatchStep => ({ op: "add", path: `/metadata/${part}`, value: {} })),
    ...mark("labels"),
    ...mark("annotations"),
    // Added first: the removal of a key that is not there would refuse the whole patch.
    ...stale.flatMap((key): PatchStep[] => [
      { op: "add", path: markPath("annotations", key), value: "" },
      { op: "remove", path: markPath("annotations", key) },
    ]),
  ];
}

function markPath(part: "labels" | "annotations", key: string): string {
  return `/metadata/${part}/${key.replaceAll("/", "~1")}`;
}
