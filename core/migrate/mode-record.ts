/**
 * What is written down of the change in the ConfigMap `berth`: the mode, since when, and the bindings that were taken away.
 * Whoever is interrupted finds here where it was.
 *
 * @module
 */
import { modeName } from "../kube/mode.ts";
import { pointer } from "../kube/json-patch.ts";
import { isRecord, memberOf } from "../kube/member-of.ts";
import { configMaps } from "../kube/resources.ts";
import type { Mode } from "../ports/cluster.ts";
import type { PatchStep } from "../ports/json-patch.ts";
import type { KubeObject, ObjectName, ReadAnswer } from "../ports/kube-api.ts";
import { type Binding, formatBindings, readBindings } from "./bindings.ts";
import { ask, type MigrateNeeds, type Unreachable } from "./needs.ts";

export type ModeRecord = {
  readonly mode: Mode;
  /** Whether it was ever set. */
  readonly isSet: boolean;
  /** What is written in place of a mode, which counts as present; undefined where it is one, or nothing is written. */
  readonly odd: string | undefined;
  /** When the mode was set, on the API server's wall clock, ms; undefined when that was not written down. */
  readonly sinceMs: number | undefined;
  /** What binds Whereabouts to its role, kept here while it is taken away. */
  readonly unbound: readonly Binding[];
  /** The text of `unbound` cannot be read: nothing is removed or overwritten before a person looked. */
  readonly isGarbled: boolean;
};

/** Keys of the ConfigMap; agents read the first one only (P4). */
const keys = { mode: "whereabouts", since: "since", unbound: "unbound" } as const;

export async function readRecord(needs: MigrateNeeds): Promise<{ kind: "record"; record: ModeRecord } | Unreachable> {
  const answer = await ask(needs, () => needs.api.read(nameIn(needs)));
  if (answer.kind === "refused" || answer.kind === "unknown") return unreachable(needs, answer);
  return { kind: "record", record: recordOf(needs, answer) };
}

function recordOf({ parseTime }: MigrateNeeds, answer: Extract<ReadAnswer, { kind: "object" | "absent" }>): ModeRecord {
  const data = answer.kind === "object" ? answer.object["data"] : undefined;
  const text = (key: string) => {
    const value = memberOf(data, key);
    return typeof value === "string" ? value : undefined;
  };
  const since = text(keys.since);
  const unbound = readBindings(text(keys.unbound));
  return {
    mode: text(keys.mode) === "absent" ? "absent" : "present",
    isSet: text(keys.mode) !== undefined,
    odd: ["absent", "present", undefined].includes(text(keys.mode)) ? undefined : text(keys.mode),
    sinceMs: since === undefined ? undefined : parseTime(since),
    unbound: unbound ?? [],
    isGarbled: unbound === undefined,
  };
}

export type RecordChange = {
  readonly mode?: { readonly mode: Mode; readonly sinceMs: number };
  readonly unbound?: readonly Binding[];
};

export type Changed =
  | { readonly kind: "record"; readonly record: ModeRecord }
  /** `judge` wants no change any more. */
  | { readonly kind: "stopped"; readonly record: ModeRecord }
  | Unreachable;

/**
 * Changes the record as it is now, by a compare-and-set.
 *
 * @param judge what to change, given what stands; undefined: nothing, or no more
 */
export async function changeRecord(needs: MigrateNeeds, judge: Judge): Promise<Changed> {
  for (let tried = 1; ; tried += 1) {
    const answer = await tryChange(needs, judge);
    if (answer.kind === "record" || answer.kind === "stopped") return answer;
    if (!mayPass(answer) || tried >= needs.limits.tries) return unreachable(needs, answer);
    await needs.clock.wait(needs.limits.retryMs);
  }
}

type Judge = (standing: ModeRecord) => RecordChange | undefined;

async function tryChange(
  needs: MigrateNeeds,
  judge: Judge,
): Promise<Exclude<Changed, Unreachable> | Unreachable["answer"]> {
  const { api, namespace } = needs;
  const name = nameIn(needs);
  const found = await api.read(name);
  if (found.kind === "refused" || found.kind === "unknown") return found;
  const standing = recordOf(needs, found);
  const change = judge(standing);
  if (change === undefined) return { kind: "stopped", record: standing };
  const answer =
    found.kind === "absent"
      ? await api.create(configMaps, { metadata: { name: modeName, namespace }, data: data(needs, change) })
      : await api.patch(name, stepsOf(needs, found.object, change));
  if (answer.kind === "object") return { kind: "record", record: recordOf(needs, answer) };
  return answer.kind === "absent" ? { kind: "unknown", reason: "it was removed meanwhile", mayLand: false } : answer;
}

/** Somebody was first, or nobody answered: then it is read, and judged again. */
function mayPass(answer: Unreachable["answer"]): boolean {
  return answer.kind === "unknown" || answer.status === 409 || answer.status === 422;
}

function data({ formatTime }: MigrateNeeds, { mode, unbound }: RecordChange): { [key: string]: string } {
  return {
    ...(mode === undefined ? {} : { [keys.mode]: mode.mode, [keys.since]: formatTime(mode.sinceMs) }),
    ...(unbound === undefined ? {} : { [keys.unbound]: formatBindings(unbound) }),
  };
}

/** Only while the object is as it was read; keys of others stay. */
function stepsOf(needs: MigrateNeeds, standing: KubeObject, change: RecordChange): readonly PatchStep[] {
  return [
    { op: "test", path: "/metadata/resourceVersion", value: standing.metadata.resourceVersion ?? "" },
    ...(isRecord(standing["data"]) ? [] : [{ op: "add", path: "/data", value: {} } as const]),
    ...Object.entries(data(needs, change)).map(
      ([key, value]): PatchStep => ({ op: "add", path: pointer("data", key), value }),
    ),
  ];
}

function nameIn({ namespace }: MigrateNeeds): ObjectName {
  return { resource: configMaps, namespace, name: modeName };
}

function unreachable({ namespace }: MigrateNeeds, answer: Unreachable["answer"]): Unreachable {
  return { kind: "unreachable", what: `ConfigMap ${namespace}/${modeName}`, answer };
}
