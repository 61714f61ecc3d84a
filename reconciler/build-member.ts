/**
 * One member of the DaemonSet out of its parts.
 *
 * @module
 */
import type { ReconcilerSettings } from "../core/config/reconciler.ts";
import { Duties } from "../core/flow/reconcile/duties.ts";
import { Election, electionTimes } from "../core/flow/reconcile/election.ts";
import { Member } from "../core/flow/reconcile/member.ts";
import { RunWatch } from "../core/flow/reconcile/run-watch.ts";
import { toldRun } from "../core/flow/reconcile/told-run.ts";
import type { Teller } from "../core/kube/event.ts";
import { readMode } from "../core/kube/mode.ts";
import { definitionWatch } from "../core/kube/reconcile/definition-watch.ts";
import { createElectionLease } from "../core/kube/reconcile/election-lease.ts";
import { poolCountDuty } from "../core/kube/reconcile/pool-count-duty.ts";
import { RunEvents } from "../core/kube/reconcile/run-events.ts";
import { tellSchedule } from "../core/kube/reconcile/schedule-event.ts";
import { ScheduleFollow } from "../core/reconcile/schedule-follow.ts";
import type { World } from "./build-reconciler.ts";

/** RFC 3339, to the second. */
const timestamp = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
const microTime = (ms: number) => new Date(ms).toISOString().replace("Z", "000Z");
const readTimestamp = (text: string) => (Number.isNaN(Date.parse(text)) ? undefined : Date.parse(text));

export type BuiltMember = { readonly member: Member; readonly watch: Pick<RunWatch, "unhealthy"> };

export function buildMember(world: World, { nodeName: node, configMap: name }: ReconcilerSettings): BuiltMember {
  const { needs, api, namespace, random, cron, metrics } = world;
  const { clock, log } = needs;
  const { nowMs } = clock;
  const teller: Teller = { component: "berth-reconciler", node, nowMs, timestamp };
  const news = new RunEvents({ api, teller });
  const lease = createElectionLease({
    api,
    namespace,
    nowMs,
    microTime,
    readTime: readTimestamp,
    durationMs: electionTimes.durationMs,
  });
  const mode = () => readMode({ api, namespace });
  const duties = [
    poolCountDuty({ api, namespace, timestamp, readTimestamp, clock, log, mode }),
    definitionWatch({ api, clock, random, log, teller }),
  ];
  const watch = new RunWatch(clock);
  const watched = { ...needs, clock: watch.clock };
  const member = new Member({
    clock,
    log,
    metrics,
    cron,
    node,
    timestamp,
    follow: (hooks) =>
      new ScheduleFollow({ api, namespace, name, clock, random, cron, readFile: world.readScheduleFile }, hooks),
    elect: (changed) => new Election({ lease, clock, random, log, holder: node }, changed),
    duties: new Duties(duties, { clock, log }),
    runOnce: (scope, signal) => watch.over(() => toldRun({ needs: watched, metrics, news }, scope, signal)),
    tellTrouble: (trouble) => void tellSchedule({ api, teller, namespace, name }, trouble),
  });
  return { member, watch };
}
