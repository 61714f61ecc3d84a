/**
 * When this journal first read the store, and what another journal has written under this node's name since (P14).
 *
 * @module
 */
import type { Reservation } from "../ports/cluster.ts";
import type { Started } from "../ports/holder.ts";

export type Opened = {
  /** The store's. */
  readonly revision: bigint;
  /** Wall clock, ms. */
  readonly atMs: number;
  readonly boot: Started;
};

/** As the journal notes it. */
export function formatOpened({ revision, atMs, boot }: Opened): string {
  return [revision, atMs, boot.bootNs, boot.bootId].join(" ");
}

/** @returns undefined before the first read */
export function parseOpened(note: string | undefined): Opened | undefined {
  const parts = /^(?<revision>-?\d+) (?<ms>\d+) (?<ns>\d+) (?<boot>.*)$/.exec(note ?? "")?.groups;
  if (parts === undefined) return undefined;
  const { revision = "", ms = "", ns = "", boot = "" } = parts;
  return { revision: BigInt(revision), atMs: Number(ms), boot: { bootId: boot, bootNs: BigInt(ns) } };
}

type Seen = { readonly journal: string; readonly opened: Opened | undefined };

/**
 * Whether another agent lives under this node's name. What this machine's former journal had sent may land after this one was
 * opened: it began before.
 */
export function isStranger(
  { journal, opened }: Seen,
  { journal: by, revision, holder, sinceMs }: Reservation,
): boolean {
  if (by === "" || by === journal || opened === undefined || revision <= opened.revision) return false;
  const { bootId, bootNs } = holder?.started ?? { bootId: "", bootNs: 0n };
  return bootId === opened.boot.bootId ? bootNs >= opened.boot.bootNs : sinceMs >= opened.atMs;
}
