/**
 * What the API server refuses before it stores anything: names, labels, required fields, size. It also drops what the
 * schema does not know (hazards M7, M8; reference: structural schemas prune).
 *
 * @module
 */
import type { KubeObject, Resource } from "../../core/ports/kube-api.ts";

const name = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const labelKey = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
/** etcd's bound of one request. */
const bytesMax = 1.5 * 1024 * 1024;

/** Undefined: it may be stored; otherwise the words of a 422. */
export function faultOf({ kind }: Resource, object: KubeObject): string | undefined {
  const { metadata } = object;
  if (!name.test(metadata.name) || metadata.name.length > 253)
    return `metadata.name: Invalid value: "${metadata.name}": a lowercase RFC 1123 subdomain is expected`;
  for (const [key, value] of Object.entries(metadata.labels ?? {})) {
    if (!labelValue.test(value) || value.length > 63) return `metadata.labels: Invalid value: "${value}"`;
    if (!labelKey.test(key)) return `metadata.labels: Invalid value: "${key}"`;
  }
  for (const key of Object.keys(metadata.annotations ?? {})) {
    if (!labelKey.test(key.toLowerCase())) return `metadata.annotations: Invalid value: "${key}"`;
  }
  return schemas[kind]?.missing(object);
}

/** The object without the fields its kind does not have. */
export function pruned({ kind }: Resource, object: KubeObject): KubeObject {
  return schemas[kind]?.prune(object) ?? object;
}

/** Reports whether etcd refuses it: as 500, not as 413 (hazards M8). */
export function isTooLarge({ kind }: Resource, object: KubeObject): boolean {
  // Only a pool grows; measuring one costs its whole text.
  if (kind !== "IPPool" || Object.keys(record(record(object["spec"])["allocations"])).length < 1000) return false;
  return JSON.stringify(object).length > bytesMax;
}

type Schema = {
  readonly missing: (object: KubeObject) => string | undefined;
  readonly prune: (object: KubeObject) => KubeObject;
};

const schemas: { readonly [kind: string]: Schema } = {
  OverlappingRangeIPReservation: {
    missing: ({ spec }) => missing(record(spec), "spec", ["podref"]),
    prune: (object) => ({ ...object, spec: only(object["spec"], ["podref", "ifname", "containerid"]) }),
  },
  IPPool: {
    missing: ({ spec }) => {
      const { range, allocations } = record(spec);
      if (typeof range !== "string") return "spec.range: Required value";
      if (typeof allocations !== "object" || allocations === null) return "spec.allocations: Required value";
      return Object.entries(record(allocations))
        .map(([key, entry]) => missing(record(entry), `spec.allocations.${key}`, ["id", "podref"]))
        .find((fault) => fault !== undefined);
    },
    prune: (object) => {
      const { allocations, ...spec } = only(object["spec"], ["range", "allocations"]);
      const entries = Object.entries(record(allocations)).map(([key, entry]) => [
        key,
        only(entry, ["id", "podref", "ifname"]),
      ]);
      return { ...object, spec: { ...spec, allocations: Object.fromEntries(entries) } };
    },
  },
};

function missing(fields: Readonly<Record<string, unknown>>, path: string, names: readonly string[]) {
  const absent = names.find((field) => typeof fields[field] !== "string");
  return absent === undefined ? undefined : `${path}.${absent}: Required value`;
}

function only(value: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(record(value)).filter(([field]) => names.includes(field)));
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
