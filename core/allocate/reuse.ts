/**
 * Which leases an ADD takes again instead of new addresses (P11): those of the same attachment, and those of the same
 * pod's interface whose old sandbox has gone.
 *
 * @module
 */
import { sameAddress } from "../ip/address.ts";
import { rangeContains } from "../ip/range.ts";
import type { Row } from "../ports/journal.ts";
import type { Wanted } from "./wanted.ts";

/** A row of the same pod uid and interface, made for another sandbox. */
export type PodRow = {
  readonly row: Row /** Whether the namespace of that sandbox is proven gone. */;
  readonly isGone: boolean;
};

export type ReuseQuestion = {
  readonly wanted: readonly Wanted[];
  readonly network: string;
  readonly overlapping: boolean;
  /** Leases of this very attachment, also ones on their way back. */
  readonly own: readonly Row[];
  readonly ofPod: readonly PodRow[];
};

export type ReusePlan = {
  /** By the position in `wanted`. */
  readonly again: ReadonlyMap<number, Row>;
  /** Leases of this attachment that the definition no longer allows: given back before a new one is asked for. */
  readonly giveBack: readonly Row[];
  /** Leases of the same pod whose old sandbox still stands: the pod gets a new address, and a warning is logged. */
  readonly stillUsed: readonly Row[];
};

export function planReuse({ wanted, network, overlapping, own, ofPod }: ReuseQuestion): ReusePlan {
  const again = new Map<number, Row>();
  const left = new Set<Row>([...own, ...ofPod.filter(({ isGone }) => isGone).map(({ row }) => row)]);
  const fits = (want: Wanted, row: Row) => row.place.network === network && isAllowed(want, row, overlapping);
  // First each at its own position, so that two ranges of one CIDR keep their order.
  for (const exactly of [true, false]) {
    for (const want of wanted.filter(({ index }) => !again.has(index))) {
      const row = [...left].find((one) => (!exactly || one.index === want.index) && fits(want, one));
      if (row === undefined) continue;
      again.set(want.index, row);
      left.delete(row);
    }
  }
  const used = ofPod.filter(
    ({ row, isGone }) => !isGone && wanted.some((want) => !again.has(want.index) && fits(want, row)),
  );
  return {
    again,
    giveBack: own.filter((row) => left.has(row) && row.state === "lease"),
    stillUsed: used.map(({ row }) => row),
  };
}

function isAllowed(want: Wanted, { place, kind }: Row, overlapping: boolean): boolean {
  switch (want.kind) {
    case "range": {
      if (kind !== "dynamic" || place.pool !== want.pool || place.overlapping !== overlapping) return false;
      return want.address === undefined
        ? rangeContains(want.source.range, place.address)
        : sameAddress(want.address, place.address);
    }
    case "static":
      return want.unique && kind === "static" && sameAddress(want.address, place.address);
    default:
      return want satisfies never;
  }
}
