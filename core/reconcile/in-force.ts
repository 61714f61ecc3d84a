/**
 * Which schedule is in force, by what has been seen of the ConfigMap and of its mounted file. A wrong one leaves the last good one in
 * force, and is told until it is put right.
 *
 * @module
 */
import { type Failure, failure } from "../failure/failure.ts";
import type { KubeObject } from "../ports/kube-api.ts";
import { findScheduleText, type FoundText } from "./config-key.ts";
import { defaultSchedule, type ReadSchedule, type Schedule } from "./expression.ts";

export type InForce = {
  readonly schedule: Schedule;
  readonly from: "configmap" | "file" | "default";
  /** What is wrong with what stands there now: for the log, an Event and a metric. */
  readonly trouble: Trouble | undefined;
  /** Not wrong, and worth telling. */
  readonly warning: string | undefined;
};

export type Trouble = {
  /** `InvalidSchedule` */
  readonly failure: Failure;
  /** What an Event is about; undefined for a file, and for a ConfigMap that is not there. */
  readonly configMap: KubeObject["metadata"] | undefined;
};

/** Nothing has been seen yet. */
export const unseen: InForce = { schedule: defaultSchedule, from: "default", trouble: undefined, warning: undefined };

type Read = (text: string) => ReadSchedule;

/** @param object undefined: there is none. That is no fault where none has ever been in force. */
export function afterConfigMap(
  known: InForce,
  object: KubeObject | undefined,
  { name, read }: { name: string; read: Read },
): InForce {
  if (object === undefined) {
    const absent = failure("InvalidSchedule", "", `ConfigMap ${name} to be there`);
    const trouble = known.from === "default" ? undefined : { failure: absent, configMap: undefined };
    return { ...known, trouble, warning: undefined };
  }
  const data = object["data"];
  const found = findScheduleText(isRecord(data) ? data : {});
  return afterText(known, found, { from: "configmap", configMap: object.metadata, read });
}

export function afterFile(known: InForce, text: string, read: Read): InForce {
  return afterText(known, { kind: "text", text, warning: undefined }, { from: "file", configMap: undefined, read });
}

type Source = { readonly from: "configmap" | "file"; readonly configMap: Trouble["configMap"]; readonly read: Read };

function afterText(known: InForce, found: FoundText, { from, configMap, read }: Source): InForce {
  const answer = found.kind === "text" ? read(found.text) : found;
  const warning = found.kind === "text" ? found.warning : undefined;
  if (answer.kind === "failed") return { ...known, trouble: { failure: answer.failure, configMap }, warning };
  // The same one stays the one that it is.
  const isSame = answer.schedule.text === known.schedule.text;
  return { schedule: isSame ? known.schedule : answer.schedule, from, trouble: undefined, warning };
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
