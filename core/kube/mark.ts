/**
 * Adding labels and annotations to a standing reservation, where the judged state still stands: all that others keep on the object
 * stays.
 *
 * @module
 */
import type { Reservation } from "../ports/cluster.ts";
import type { RenewAnswer } from "../ports/store.ts";
import { patchJudged } from "./judged-patch.ts";
import type { KubeStoreNeeds } from "./needs.ts";
import { type Marks, markSteps } from "./renewal.ts";
import { marksOf } from "./reservation.ts";

/** A compare-and-set. */
export function mark(needs: KubeStoreNeeds, standing: Reservation, marks: Marks): Promise<RenewAnswer> {
  return patchJudged(needs, standing, { steps: (gaps) => markSteps(marks, gaps) });
}

/** The labels that it should bear by its annotations, which say the same at more length (P15). */
export function relabel(needs: KubeStoreNeeds, standing: Reservation): Promise<RenewAnswer> {
  return mark(needs, standing, { labels: marksOf(standing, needs).labels });
}
