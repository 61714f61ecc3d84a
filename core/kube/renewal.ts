/**
 * The patch that gives a reservation a new holder in place (P11).
 *
 * @module
 */
import type { PatchStep } from "../ports/json-patch.ts";
import type { Claim } from "../ports/store.ts";
import { marksOf, specOf } from "./reservation.ts";
import type { Version } from "./version.ts";

/** Only while uid and resourceVersion still stand; fields that others keep on the object stay. */
export function renewalSteps(next: Claim, { uid, resourceVersion }: Version, journal: string): readonly PatchStep[] {
  const marks = marksOf(next, { namespace: "", journal });
  const mark = (part: "labels" | "annotations") =>
    Object.entries(marks[part] ?? {}).map(
      ([key, value]): PatchStep => ({ op: "add", path: `/metadata/${part}/${key.replaceAll("/", "~1")}`, value }),
    );
  return [
    { op: "test", path: "/metadata/uid", value: uid },
    { op: "test", path: "/metadata/resourceVersion", value: resourceVersion },
    { op: "replace", path: "/spec", value: specOf(next) },
    ...mark("labels"),
    ...mark("annotations"),
  ];
}
