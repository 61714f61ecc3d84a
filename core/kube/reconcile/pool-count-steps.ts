/**
 * The counts of a pool as annotations of its object: what `kubectl get ippools` shows.
 *
 * @module
 */
import type { PatchStep } from "../../ports/json-patch.ts";
import type { KubeMetadata } from "../../ports/kube-api.ts";
import { pointer } from "../json-patch.ts";
import { annotations } from "../labels.ts";
import type { PoolCount } from "./pool-tallies.ts";

/** What stands on a pool. `uid` is its object's. */
export type CountMarks = {
  readonly uid: string;
  readonly used: string | undefined;
  readonly free: string | undefined;
  readonly counted: string | undefined;
  readonly isBare: boolean;
};

export function countMarks({ uid = "", annotations: marks }: KubeMetadata): CountMarks {
  const { used, free, counted } = annotations;
  return { uid, used: marks?.[used], free: marks?.[free], counted: marks?.[counted], isBare: marks === undefined };
}

/** Numbers that stand say less and less: their time is written anew once a day, too. */
const freshMs = 86_400_000;

/** @param readMs reads RFC 3339 text; undefined for anything else  @param nowMs wall clock */
export function isToBeWritten(
  { used, free, counted }: CountMarks,
  count: PoolCount,
  { nowMs, readMs }: { readonly nowMs: number; readonly readMs: (text: string) => number | undefined },
): boolean {
  if (used !== String(count.used) || free !== String(count.free)) return true;
  const countedMs = counted === undefined ? undefined : readMs(counted);
  return countedMs === undefined || Math.abs(nowMs - countedMs) >= freshMs;
}

/**
 * All or none, only on the very object, and only over the counts that were seen: whoever writes entries meanwhile is not in the way.
 *
 * @param isMixed beside Whereabouts the server is made to forget who wrote which key: with thousands of entries that doubles the object
 */
export function countSteps(
  marks: CountMarks,
  { used, free }: PoolCount,
  { counted, isMixed }: { readonly counted: string; readonly isMixed: boolean },
): readonly PatchStep[] {
  const next = { used: String(used), free: String(free), counted };
  const keys = ["used", "free", "counted"] as const;
  const pathOf = (key: (typeof keys)[number]) => pointer("metadata", "annotations", annotations[key]);
  return [
    { op: "test", path: "/metadata/uid", value: marks.uid },
    ...(marks.isBare
      ? bare
      : keys.map((key): PatchStep => ({ op: "test", path: pathOf(key), value: marks[key] ?? null }))),
    ...keys.map((key): PatchStep => ({ op: "add", path: pathOf(key), value: next[key] })),
    ...(isMixed ? forget : []),
  ];
}

const bare: readonly PatchStep[] = [
  { op: "test", path: "/metadata/annotations", value: null },
  { op: "add", path: "/metadata/annotations", value: {} },
];

const forget: readonly PatchStep[] = [{ op: "add", path: "/metadata/managedFields", value: [{}] }];
