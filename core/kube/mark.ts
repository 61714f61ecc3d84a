/**
 * Adding labels and annotations to a standing reservation, where the judged state still stands: all that others keep on the object
 * stays.
 *
 * @module
 */
import type { Reservation } from "../ports/cluster.ts";
import type { RenewAnswer } from "../ports/store.ts";
import { type KubeStoreNeeds, nameOf } from "./needs.ts";
import { reasonOf } from "./reason.ts";
import { type Gap, gapsOf, judgedSteps, type Marks, markSteps } from "./renewal.ts";
import { readReservation } from "./reservation.ts";
import { formatVersion, parseVersion } from "./version.ts";

/** A compare-and-set. */
export async function mark(
  needs: KubeStoreNeeds,
  standing: Reservation,
  marks: Marks,
  gaps: readonly Gap[] = [],
): Promise<RenewAnswer> {
  const { api, tide } = needs;
  const judged = parseVersion(standing.version);
  const sentAt = tide.high;
  const answer = await api.patch(nameOf(needs, standing.place), [...judgedSteps(judged), ...markSteps(marks, gaps)]);
  switch (answer.kind) {
    case "object":
      tide.saw(sentAt, answer.object.metadata.resourceVersion, judged.resourceVersion);
      return { kind: "held", version: formatVersion(answer.object.metadata) };
    case "absent":
      return { kind: "lost", now: undefined };
    case "unknown":
      return { kind: "unknown", reason: answer.reason };
    case "refused":
      return answer.status === 422 || answer.status === 409
        ? judgeRefused(needs, { standing, marks, gaps, reason: answer.message })
        : { kind: "unknown", reason: answer.message };
    default:
      return answer satisfies never;
  }
}

type RefusedMark = {
  readonly standing: Reservation;
  readonly marks: Marks;
  readonly gaps: readonly Gap[];
  readonly reason: string;
};

/** It changed since, or has no labels or annotations to add to. */
async function judgeRefused(
  needs: KubeStoreNeeds,
  { standing, marks, gaps, reason }: RefusedMark,
): Promise<RenewAnswer> {
  const found = await needs.api.read(nameOf(needs, standing.place));
  if (found.kind === "absent") return { kind: "lost", now: undefined };
  if (found.kind !== "object") return { kind: "unknown", reason: reasonOf(found) };
  const now = readReservation(found.object, standing.place);
  if (now?.version !== standing.version) return { kind: "lost", now };
  const missing = gapsOf(found.object.metadata);
  return missing.length > 0 && gaps.length === 0 ? mark(needs, standing, marks, missing) : { kind: "unknown", reason };
}
