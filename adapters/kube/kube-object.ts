/**
 * Looks at JSON from the API server as far as its type promises.
 *
 * @module
 */
import type { KubeObject } from "../../core/ports/kube-api.ts";

type Fields = { readonly [field: string]: unknown };

/** The object that `text` holds in JSON; undefined when it holds something else. */
export function recordIn(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** An own field; undefined when `value` is no object. */
export function field(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

export function isKubeObject(value: unknown): value is KubeObject {
  const metadata = field(value, "metadata");
  if (!isRecord(metadata) || typeof metadata["name"] !== "string" || metadata["name"] === "") return false;
  return (
    texts.every((name) => isAbsentOr(isText, metadata[name])) &&
    maps.every((name) => isAbsentOr(isTextMap, metadata[name])) &&
    isAbsentOr(isTextList, metadata["finalizers"])
  );
}

export function isListed(value: unknown): value is readonly KubeObject[] {
  return Array.isArray(value) && value.every(isKubeObject);
}

const texts = ["namespace", "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp"] as const;
const maps = ["labels", "annotations"] as const;

function isAbsentOr(isRight: (value: unknown) => boolean, value: unknown): boolean {
  return value === undefined || isRight(value);
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isTextMap(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(isText);
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
