/**
 * Label and field selectors, as lists of the API server understand them.
 *
 * @module
 */
import type { KubeObject, Resource } from "../../core/ports/kube-api.ts";

type Test = (object: KubeObject) => boolean;

/** Undefined when it cannot be parsed (400). */
export function labelTest(selector: string | undefined): Test | undefined {
  const tests = partsOf(selector ?? "").map(oneLabel);
  return tests.includes(undefined) ? undefined : (object) => tests.every((test) => test?.(object) === true);
}

/** Undefined for a field that this kind of object cannot be selected by (400). */
export function fieldTest({ kind }: Resource, selector: string | undefined): Test | undefined {
  const tests = partsOf(selector ?? "").map((part): Test | undefined => {
    const match = /^([\w.]+)(==?|!=)(.*)$/.exec(part);
    const [, field = "", sign, wanted] = match ?? [];
    if (match === null || !fieldsOf(kind).includes(field)) return undefined;
    return (object) => (valueAt(object, field) === wanted) === (sign !== "!=");
  });
  return tests.includes(undefined) ? undefined : (object) => tests.every((test) => test?.(object) === true);
}

function fieldsOf(kind: string): readonly string[] {
  const all = ["metadata.name", "metadata.namespace"];
  return kind === "Pod" ? [...all, "spec.nodeName", "status.phase"] : all;
}

function valueAt(object: KubeObject, field: string): string {
  const value = field
    .split(".")
    .reduce<unknown>((at, name) => (typeof at === "object" && at !== null ? Reflect.get(at, name) : undefined), object);
  return typeof value === "string" ? value : "";
}

/** Splits at commas that are not inside brackets. */
function partsOf(selector: string): readonly string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function oneLabel(part: string): Test | undefined {
  const value = (object: KubeObject, key: string) => object.metadata.labels?.[key];
  const set = /^([\w./-]+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(part);
  if (set !== null) {
    const [, key = "", word, list = ""] = set;
    const wanted = list.split(",").map((one) => one.trim());
    return (object) => wanted.includes(value(object, key) ?? "\0") === (word === "in");
  }
  const equality = /^([\w./-]+)\s*(==?|!=)\s*([\w.-]*)$/.exec(part);
  if (equality !== null) {
    const [, key = "", sign, wanted] = equality;
    return (object) => (value(object, key) === wanted) === (sign !== "!=");
  }
  const existence = /^(!?)\s*([\w./-]+)$/.exec(part);
  if (existence === null) return undefined;
  const [, not, key = ""] = existence;
  return (object) => (value(object, key) !== undefined) === (not === "");
}
