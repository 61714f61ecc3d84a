/**
 * When the reconcilers look next, by the schedule that they follow.
 *
 * @module
 */
import { memberOf, isRecord } from "../../core/kube/member-of.ts";
import { configMaps } from "../../core/kube/resources.ts";
import { findScheduleText } from "../../core/reconcile/config-key.ts";
import { defaultSchedule, readSchedule, type Schedule } from "../../core/reconcile/expression.ts";
import type { OpenedCluster } from "../cluster/open-cluster.ts";
import { formatInstant } from "../format/instant.ts";
import type { World } from "../world.ts";

const name = "whereabouts-config";

export type NextLook = {
  /** Wall clock, ms; undefined where it cannot be told. */
  readonly atMs: number | undefined;
  readonly text: string;
};

/** One read. A schedule that is wrong leaves the last good one in force, which only the members know. */
export async function nextLook(world: World, { api, namespace }: OpenedCluster): Promise<NextLook> {
  const found = await api.read({ resource: configMaps, namespace, name });
  if (found.kind === "absent") return ofSchedule(world, defaultSchedule, "the default schedule");
  if (found.kind !== "object")
    return { atMs: undefined, text: `by a schedule that cannot be read here (ConfigMap ${name})` };
  const data = memberOf(found.object, "data");
  const text = findScheduleText(isRecord(data) ? data : {});
  const nowMs = world.clock.nowMs();
  const read = text.kind === "text" ? readSchedule(text.text, await world.cron(), nowMs) : text;
  return read.kind === "failed"
    ? { atMs: undefined, text: `by the last good schedule: the one in ConfigMap ${name} is wrong` }
    : ofSchedule(world, read.schedule, "the schedule");
}

async function ofSchedule(world: World, schedule: Schedule, what: string): Promise<NextLook> {
  const said = `by ${what} "${schedule.text.trim()}"`;
  if (schedule.kind === "every") return { atMs: undefined, text: said };
  const nowMs = world.clock.nowMs();
  const next = (await world.cron()).next(schedule.times, nowMs);
  if (next.kind !== "at") return { atMs: undefined, text: said };
  return { atMs: next.ms, text: `${said}: next from ${formatInstant(next.ms)} on, node after node` };
}
