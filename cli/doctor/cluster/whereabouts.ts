/**
 * Does Whereabouts live beside agents that believe it absent, or are agents slow for the sake of one that is gone?
 *
 * @module
 */
import { leases } from "../../../core/kube/resources.ts";
import { cronJobs, daemonSets, deployments } from "../../../core/migrate/kinds.ts";
import { defaultMigrateLimits } from "../../../core/migrate/limits.ts";
import { leaseTraceOf, type Trace, traceOf } from "../../../core/migrate/traces.ts";
import type { Mode } from "../../../core/ports/cluster.ts";
import { formatAge } from "../../format/instant.ts";
import { fail, type Finding, ok, warn } from "../finding.ts";
import { blocked, type ClusterPatient, readAll, some } from "./patient.ts";

const what = "Whereabouts";

export async function checkWhereabouts(patient: ClusterPatient, mode: Mode | undefined): Promise<readonly Finding[]> {
  const blind: Finding[] = [];
  const traces: Trace[] = [];
  for (const resource of [daemonSets, deployments, cronJobs]) {
    const found = await readAll(patient, resource, (object) => traceOf(object, resource.kind));
    if (found.kind === "all") traces.push(...found.items);
    else blind.push(blocked(what, resource.plural, found));
  }
  const nowMs = patient.session.world.clock.nowMs();
  const renewals = await readAll(patient, leases, (object) => leaseTraceOf(object, parseTime), {
    fields: "metadata.name=whereabouts",
  });
  if (renewals.kind !== "all") blind.push(blocked(what, "leases", renewals));
  const renewed = (renewals.kind === "all" ? renewals.items : []).flatMap(({ renewedMs }) => renewedMs ?? []);
  const latestMs = renewed.length === 0 ? undefined : Math.max(...renewed);
  const isRenewed = latestMs !== undefined && nowMs - latestMs < defaultMigrateLimits.leaseMs;
  const signs = [
    ...traces.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`),
    ...(isRenewed ? [`its Lease was renewed ${formatAge(nowMs - latestMs)} ago`] : []),
  ];
  return [...judge(signs, mode, blind.length > 0), ...blind];
}

function judge(signs: readonly string[], mode: Mode | undefined, isBlind: boolean): readonly Finding[] {
  if (mode === undefined) return [];
  if (mode === "absent") {
    if (signs.length === 0) return isBlind ? [] : [ok(what, "no trace of it")];
    const text = `it lives (${some(signs)}), but agents believe it absent: an address may be given twice`;
    return [fail(what, text, "remove it, or run: berthctl migrate back")];
  }
  if (signs.length > 0) return [ok(what, `it may write, too: ${some(signs)}`)];
  if (isBlind) return [];
  const text = "no trace of it, but agents write its half of each lease: twice the requests";
  return [warn(what, text, "if it is gone from every node, run: berthctl migrate finish --dry-run")];
}

function parseTime(text: string): number | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
