/**
 * JSON Patch (RFC 6902) as the API server applies it: all steps or none.
 *
 * @module
 */
import type { PatchStep } from "../../core/ports/json-patch.ts";

export type Patched =
  | { readonly kind: "patched"; readonly value: unknown }
  /** 422. */
  | { readonly kind: "failed"; readonly message: string }
  /** A `test` without a value: the request panics, and the connection is dropped (hazards M3). */
  | { readonly kind: "panic" };

type Tree = Readonly<Record<string, unknown>> | readonly unknown[];

export function applyPatch(value: unknown, steps: readonly PatchStep[]): Patched {
  let now = value;
  for (const step of steps) {
    if (step.op === "test" && !Object.hasOwn(step, "value")) return { kind: "panic" };
    const path = step.path
      .split("/")
      .slice(1)
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
    const next = applyStep(now, path, step);
    if (next === undefined)
      return { kind: "failed", message: "the server rejected our request due to an error in our request" };
    now = next.value;
  }
  return { kind: "patched", value: now };
}

/** Undefined: it cannot be applied. */
function applyStep(value: unknown, path: readonly string[], step: PatchStep): { readonly value: unknown } | undefined {
  const [part, ...rest] = path;
  if (part === undefined) return step.op === "test" && sameJson(value, step.value) ? { value } : undefined;
  if (!isTree(value)) return undefined;
  if (rest.length === 0) return changeMember(value, part, step);
  const child = member(value, part);
  if (child === undefined) return undefined;
  const changed = applyStep(child, rest, step);
  return changed === undefined
    ? undefined
    : { value: changed.value === child ? value : set(value, part, changed.value) };
}

function changeMember(tree: Tree, part: string, step: PatchStep): { readonly value: unknown } | undefined {
  const old = member(tree, part);
  switch (step.op) {
    case "test":
      // A member that is not there equals null (hazards M1).
      return sameJson(old ?? null, step.value) ? { value: tree } : undefined;
    case "add":
      return { value: isList(tree) ? insert(tree, part, step.value) : set(tree, part, step.value) };
    case "replace":
      return old === undefined ? undefined : { value: set(tree, part, step.value) };
    case "remove":
      return old === undefined ? undefined : { value: without(tree, part) };
    default:
      return step satisfies never;
  }
}

function isList(tree: Tree): tree is readonly unknown[] {
  return Array.isArray(tree);
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null;
}

function member(tree: Tree, part: string): unknown {
  return Object.hasOwn(tree, part) ? Reflect.get(tree, part) : undefined;
}

function set(tree: Tree, part: string, value: unknown): Tree {
  if (!isList(tree)) return { ...tree, [part]: value };
  return tree.map((old, at) => (String(at) === part ? value : old));
}

function insert(tree: readonly unknown[], part: string, value: unknown): Tree {
  const at = part === "-" ? tree.length : Number(part);
  return [...tree.slice(0, at), value, ...tree.slice(at)];
}

function without(tree: Tree, part: string): Tree {
  if (isList(tree)) return tree.filter((_, at) => String(at) !== part);
  return Object.fromEntries(Object.entries(tree).filter(([name]) => name !== part));
}

/** Equal as JSON: the order of members does not matter. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!isTree(a) || !isTree(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameJson(Reflect.get(a, name), Reflect.get(b, name)))
  );
}
