/**
 * Which of several holders of one address is meant: nobody's address is given back because it came first.
 *
 * @module
 */
import type { LeaseRecord } from "../core/ports/inventory.ts";
import { exitCodes } from "./exit.ts";
import { networkWord } from "../core/kube/range-words.ts";
import { holderWord } from "./format/words.ts";
import { type Refusal, refusal } from "./refusal.ts";

export type HolderChoice = {
  /** The CIDR of a range, canonical. */
  readonly pool?: string | undefined;
  /** The id of a container, or how it begins. */
  readonly container?: string | undefined;
};

export type Meant = { readonly kind: "meant"; readonly record: LeaseRecord } | Refusal;

/** @param leases of one address, at least one; several lie in several networks or ranges */
export function chooseHolder(text: string, leases: readonly LeaseRecord[], choice: HolderChoice): Meant {
  const left = ofContainer(
    leases.filter(({ place }) => choice.pool === undefined || place.pool === choice.pool),
    choice.container,
  );
  const [only] = left;
  if (only !== undefined && left.length === 1) return { kind: "meant", record: only };
  const cannot = (expected: string) => `Cannot release address "${text}": expected ${expected}`;
  const show = `run: berthctl show ${text}`;
  if (only === undefined)
    return refusal(exitCodes.no, cannot("its holder by --range and --container, found:"), ...leases.map(line), show);
  const message = cannot(`${missingOption(left)}, because several hold it:`);
  return refusal(exitCodes.usage, message, ...left.map(line), show);
}

/** A whole id before one that only begins so. */
function ofContainer(leases: readonly LeaseRecord[], id: string | undefined): readonly LeaseRecord[] {
  if (id === undefined) return leases;
  const whole = leases.filter((record) => containerOf(record) === id);
  return whole.length > 0 ? whole : leases.filter((record) => containerOf(record).startsWith(id));
}

function containerOf({ holder }: LeaseRecord): string {
  return holder?.attachment.containerId ?? "";
}

function missingOption(leases: readonly LeaseRecord[]): string {
  const differ = (of: (record: LeaseRecord) => string) => new Set(leases.map(of)).size > 1;
  if (differ(({ place }) => place.network)) return "--network";
  return differ(({ place }) => place.pool) ? "--range" : "--container";
}

function line(record: LeaseRecord): string {
  const { place, holder } = record;
  const range = place.pool === "" ? "no range" : `range ${place.pool}`;
  const where = `network ${networkWord(place.network)}, ${range}`;
  if (holder === undefined) return where;
  const pod = holder.pod === undefined ? "" : `pod ${holderWord(holder)}, `;
  return `${where}: ${pod}container ${containerOf(record)}, interface ${holder.attachment.ifName}`;
}
