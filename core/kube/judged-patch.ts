/**
 * Changing a reservation where it still stands as it was judged (P12): a compare-and-set on uid and resourceVersion, after which all
 * that others keep on the object stays.
 *
 * @module
 */
import type { Reservation } from "../ports/cluster.ts";
import type { PatchStep } from "../ports/json-patch.ts";
import type { Held, RenewAnswer } from "../ports/store.ts";
import { type KubeStoreNeeds, nameOf } from "./needs.ts";
import { reasonOf } from "./reason.ts";
import { type Gap, gapsOf, judgedSteps } from "./renewal.ts";
import { readReservation } from "./reservation.ts";
import { formatVersion, parseVersion } from "./version.ts";

export type JudgedPatch = {
  /** What to do behind the tests of what was judged. @param gaps what the object has none of, and has to be made first */
  readonly steps: (gaps: readonly Gap[]) => readonly PatchStep[];
  /** Whether it stands as an earlier try of this very patch left it; left out: nothing tells that. */
  readonly isDone?: (now: Reservation) => boolean;
};

export async function patchJudged(
  needs: KubeStoreNeeds,
  held: Pick<Held, "place" | "version">,
  patch: JudgedPatch,
  gaps: readonly Gap[] = [],
): Promise<RenewAnswer> {
  const { api, tide } = needs;
  const sentAt = tide.high;
  const judged = parseVersion(held.version);
  const answer = await api.patch(nameOf(needs, held.place), [...judgedSteps(judged), ...patch.steps(gaps)]);
  switch (answer.kind) {
    case "object":
      return tide.saw(sentAt, answer.object.metadata.resourceVersion, judged.resourceVersion)
        ? { kind: "unknown", reason: "the API server went back in time" }
        : { kind: "held", version: formatVersion(answer.object.metadata) };
    case "absent":
      return { kind: "lost", now: undefined };
    case "unknown":
      return { kind: "unknown", reason: answer.reason };
    case "refused":
      return answer.status === 422 || answer.status === 409
        ? judgeRefused(needs, held, patch, { gaps, reason: answer.message })
        : { kind: "unknown", reason: answer.message };
    default:
      return answer satisfies never;
  }
}

type Refusal = { readonly gaps: readonly Gap[]; readonly reason: string };

/**
 * The judged state no longer stands: perhaps because an earlier try of this very patch landed. Or it stands, and has no labels or
 * annotations to add to: so Whereabouts makes it, and so may somebody have left it.
 */
async function judgeRefused(
  needs: KubeStoreNeeds,
  held: Pick<Held, "place" | "version">,
  patch: JudgedPatch,
  { gaps, reason }: Refusal,
): Promise<RenewAnswer> {
  const found = await needs.api.read(nameOf(needs, held.place));
  if (found.kind === "absent") return { kind: "lost", now: undefined };
  if (found.kind !== "object") return { kind: "unknown", reason: reasonOf(found) };
  const now = readReservation(found.object, held.place);
  if (now !== undefined && patch.isDone?.(now) === true) return { kind: "held", version: now.version };
  if (now?.version !== held.version) return { kind: "lost", now };
  const missing = gapsOf(found.object.metadata);
  return missing.length > 0 && gaps.length === 0
    ? patchJudged(needs, held, patch, missing)
    : { kind: "unknown", reason };
}
