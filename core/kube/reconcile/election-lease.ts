/**
 * The elected member's record: a Lease of `coordination.k8s.io/v1`. Its times are for people: no election
 * compares them; when the elected part ran last is known by an annotation.
 *
 * @module
 */
import type { Unread } from "../../ports/cluster.ts";
import type { ElectionLease, ElectionRecord } from "../../ports/election-lease.ts";
import type { Json, PatchStep } from "../../ports/json-patch.ts";
import type { KubeApi, KubeObject } from "../../ports/kube-api.ts";
import { pointer } from "../json-patch.ts";
import { annotations } from "../labels.ts";
import { memberOf } from "../member-of.ts";
import { reasonOf } from "../reason.ts";
import { judgedSteps } from "../renewal.ts";
import { leases } from "../resources.ts";
import { formatVersion, parseVersion } from "../version.ts";

export const electionLeaseName = "berth-reconciler";

export type ElectionLeaseNeeds = {
  readonly api: Pick<KubeApi, "create" | "read" | "patch">;
  readonly namespace: string;
  readonly durationMs: number;
  /** Wall clock, ms. */
  readonly nowMs: () => number;
  /** RFC 3339 text of such a time, with microseconds. */
  readonly microTime: (ms: number) => string;
  /** Back to ms; undefined: it is none. */
  readonly readTime: (text: string) => number | undefined;
};

export function createElectionLease(needs: ElectionLeaseNeeds): ElectionLease {
  const recordOf = (object: KubeObject) => readRecord(object, needs.readTime);
  const name = { resource: leases, namespace: needs.namespace, name: electionLeaseName };
  let acquireTime = "";
  return {
    read: async () => {
      const found = await needs.api.read(name);
      if (found.kind === "absent") return { kind: "record", record: undefined };
      if (found.kind === "object") return { kind: "record", record: recordOf(found.object) };
      return { kind: "unknown", reason: reasonOf(found) };
    },
    write: async (over, holder, lastRunMs) => {
      const marks = lastRunMs === undefined ? {} : { [annotations.lastRun]: needs.microTime(lastRunMs) };
      const metadata = { name: electionLeaseName, namespace: needs.namespace, annotations: marks };
      const renewTime = needs.microTime(needs.nowMs());
      if (over?.holder !== holder || acquireTime === "") acquireTime = renewTime;
      // The field has to be above 0, also where nobody holds it.
      const leaseDurationSeconds = holder === "" ? 1 : needs.durationMs / 1000;
      const spec = { holderIdentity: holder, leaseDurationSeconds, acquireTime, renewTime };
      const answer =
        over === undefined
          ? await needs.api.create(leases, { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec })
          : await needs.api.patch(name, stepsOver(over, spec, marks));
      if (answer.kind === "object") return { kind: "written", record: recordOf(answer.object) };
      if (answer.kind === "absent") return { kind: "changed" };
      return isOvertaken(answer) ? { kind: "changed" } : unread(reasonOf(answer));
    },
  };
}

/** Made meanwhile, or written since. */
function isOvertaken(answer: { readonly kind: string; readonly status?: number }): boolean {
  return answer.kind === "refused" && (answer.status === 409 || answer.status === 422);
}

function unread(reason: string): Unread {
  return { kind: "unknown", reason };
}

/** Whatever stands in it, sense or nonsense, is written over. */
function stepsOver(
  { version, isAnnotated }: ElectionRecord,
  spec: Json,
  marks: { readonly [key: string]: string },
): readonly PatchStep[] {
  const known = isAnnotated ? [] : [{ op: "add", path: pointer("metadata", "annotations"), value: {} } as const];
  const added = Object.entries(marks).map(
    ([key, value]) => ({ op: "add", path: pointer("metadata", "annotations", key), value }) as const,
  );
  const marking = added.length === 0 ? [] : [...known, ...added];
  return [...judgedSteps(parseVersion(version)), ...marking, { op: "add", path: "/spec", value: spec }];
}

function readRecord(object: KubeObject, readTime: ElectionLeaseNeeds["readTime"]): ElectionRecord {
  const holder = memberOf(object["spec"], "holderIdentity");
  const marks = object.metadata.annotations;
  const lastRun = marks?.[annotations.lastRun];
  return {
    holder: typeof holder === "string" ? holder : "",
    version: formatVersion(object.metadata),
    lastRunMs: lastRun === undefined ? undefined : readTime(lastRun),
    isAnnotated: marks !== undefined,
  };
}
