/**
 * Everything that a working cluster needs, looked at over the API server: from a node or from anywhere else.
 *
 * @module
 */
import { readPools } from "../../../core/kube/inventory-pools.ts";
import { rangesOf } from "../../../core/kube/inventory-ranges.ts";
import { readAttachmentDefinition } from "../../../core/kube/read-definition.ts";
import { definitions } from "../../../core/kube/resources.ts";
import { fail, type Finding } from "../finding.ts";
import { checkApiServer } from "./api-server.ts";
import { judgeDefinitions } from "./definitions.ts";
import { checkForeignRanges } from "./foreign-ranges.ts";
import { checkKinds } from "./kinds.ts";
import { lookAtMode } from "./mode.ts";
import { blocked, type ClusterPatient, readAll } from "./patient.ts";
import { checkPermissions } from "./permissions.ts";
import { judgePools } from "./pools.ts";
import { checkReservations } from "./reservations.ts";
import { checkWhereabouts } from "./whereabouts.ts";

export async function checkCluster(patient: ClusterPatient): Promise<readonly Finding[]> {
  const { findings, isUp } = await checkApiServer(patient);
  // Without an answer everything else would say the same once more.
  if (!isUp) return findings;
  return [
    ...findings,
    ...(await whole("permissions", () => checkPermissions(patient))),
    ...(await whole("kinds", () => checkKinds(patient))),
    ...(await whole("cluster", () => checkObjects(patient))),
  ];
}

async function checkObjects(patient: ClusterPatient): Promise<readonly Finding[]> {
  const { cluster } = patient;
  const { mode, findings } = await lookAtMode(patient);
  const pools = await readPools(cluster);
  const sights = await readAll(patient, definitions, readAttachmentDefinition);
  const read = sights.kind === "all" ? sights.items : [];
  const ranges = rangesOf(read);
  const seen = pools.kind === "all" ? pools.items : [];
  const networks = [...new Set([...ranges, ...seen].map(({ network }) => network))];
  return [
    ...findings,
    ...(await whole("Whereabouts", () => checkWhereabouts(patient, mode))),
    ...(pools.kind === "all"
      ? judgePools({ pools: seen, namespace: cluster.namespace, mode, ranges })
      : [blocked("pools", "ippools", pools)]),
    ...(await whole("reservations", () => checkReservations(patient, networks))),
    ...(sights.kind === "all"
      ? judgeDefinitions(read, ranges, mode)
      : [blocked("definitions", "network-attachment-definitions", sights)]),
    ...(await whole("other ranges", () => checkForeignRanges(patient, ranges))),
  ];
}

/** A defect in one check ends neither the others nor in a stack of calls at night. */
async function whole(what: string, check: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await check();
  } catch (error) {
    return [fail(what, `it could not be looked at: ${String(error)}`, "that is a defect of berthctl: report it")];
  }
}
