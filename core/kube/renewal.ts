/**
 * The patch that gives a reservation a new holder in place (P11).
 *
 * @module
 */
import type { PatchStep } from "../ports/json-patch.ts";
import type { KubeMetadata } from "../ports/kube-api.ts";
import type { Claim } from "../ports/store.ts";
import { pointer } from "./json-patch.ts";
import { annotations } from "./labels.ts";
import { marksOf, specOf } from "./reservation.ts";
import type { Version } from "./version.ts";

/** What an object has none of: nothing can be added to it before it is made. */
export type Gap = "labels" | "annotations";

export function gapsOf(metadata: KubeMetadata): readonly Gap[] {
  return (["labels", "annotations"] as const).filter((part) => metadata[part] === undefined);
}

export type Marks = {
  readonly labels?: { readonly [key: string]: string };
  readonly annotations?: { readonly [key: string]: string };
};

/** Fields that others keep on the object stay. */
export function renewalSteps(next: Claim, journal: string, gaps: readonly Gap[]): readonly PatchStep[] {
  const marks = marksOf(next, { namespace: "", journal });
  const stale = [annotations.contested, annotations.podUid, annotations.reason].filter(
    (key) => marks.annotations[key] === undefined,
  );
  return [
    { op: "replace", path: "/spec", value: specOf(next) },
    ...markSteps(marks, gaps),
    // Added first: the removal of a key that is not there would refuse the whole patch.
    ...stale.flatMap((key): PatchStep[] => [
      { op: "add", path: pointer("metadata", "annotations", key), value: "" },
      { op: "remove", path: pointer("metadata", "annotations", key) },
    ]),
  ];
}

/** Only while uid and resourceVersion still stand. */
export function judgedSteps({ uid, resourceVersion }: Version): readonly PatchStep[] {
  return [
    { op: "test", path: "/metadata/uid", value: uid },
    { op: "test", path: "/metadata/resourceVersion", value: resourceVersion },
  ];
}

export function markSteps(marks: Marks, gaps: readonly Gap[]): readonly PatchStep[] {
  const add = (part: Gap) =>
    Object.entries(marks[part] ?? {}).map(
      ([key, value]): PatchStep => ({ op: "add", path: pointer("metadata", part, key), value }),
    );
  return [
    ...gaps.map((part): PatchStep => ({ op: "add", path: pointer("metadata", part), value: {} })),
    ...add("labels"),
    ...add("annotations"),
  ];
}
