/**
 * The keys of Berth's labels and annotations, and labels of values that are too long for one (P1, F24).
 *
 * @module
 */
import { fnv64 } from "../wire/fnv.ts";
import { encodeUtf8 } from "../wire/utf8.ts";

const prefix = "ipam.berth.io/";

/** What objects are selected by. Long values are shortened: the annotation of the same name has the whole. */
export const labels = {
  node: `${prefix}node`,
  network: `${prefix}network`,
  /** The pool object's name; "" for an address of no pool. */
  pool: `${prefix}pool`,
  kind: `${prefix}kind`,
} as const;

export const annotations = {
  node: `${prefix}node`,
  network: `${prefix}network`,
  /** Canonical CIDR; "" for an address of no pool. */
  pool: `${prefix}pool`,
  podUid: `${prefix}pod-uid`,
  definition: `${prefix}definition`,
  journal: `${prefix}journal`,
  attempt: `${prefix}attempt`,
  /** `<boot id> <boot clock, ns>` of the launcher. */
  started: `${prefix}started`,
  /** Wall clock of the node, ms. */
  since: `${prefix}since`,
  /** What was seen of the network namespace, as JSON. */
  evidence: `${prefix}evidence`,
  reason: `${prefix}reason`,
  /** On a pool: "true" or "false", `enable_overlapping_ranges` of the definition that used it first (P2). */
  overlapping: `${prefix}overlapping`,
  /** On a reservation: the whole identity of the living lease that has the same address (P15). */
  contested: `${prefix}contested`,
  /** On a pool, as it was last counted: addresses that are held and that can be given, and when, RFC 3339. */
  used: `${prefix}used`,
  free: `${prefix}free`,
  counted: `${prefix}counted`,
  /** On the reconcilers' Lease: when the last whole run of an elected member began, RFC 3339. */
  lastRun: `${prefix}last-run`,
  /** On a second reservation of a static or withheld address: the name of the first (P21). */
  twinOf: `${prefix}twin-of`,
} as const;

/** The API server: at most 63 characters, letters or digits at both ends, `-_.` between; or empty. */
const legal = /^(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/;

/** The value itself where a label can hold it; else its first 40 legal characters, a dash and a hash. */
export function labelValue(value: string): string {
  if (legal.test(value)) return value;
  const start = value
    .slice(0, 40)
    .replaceAll(/[^A-Za-z0-9_.-]/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "");
  const hash = fnv64(encodeUtf8(value));
  return start === "" ? hash : `${start}-${hash}`;
}

/** A selector of objects that have all these label values. */
export function selector(wanted: { readonly [key: string]: string }): string {
  return Object.entries(wanted)
    .map(([key, value]) => `${key}=${labelValue(value)}`)
    .join(",");
}
