/**
 * Takes Whereabouts' rights away, and gives them back: each binding is written down before it is removed, and made before it is
 * forgotten.
 *
 * @module
 */
import type { ObjectName } from "../ports/kube-api.ts";
import {
  type Binding,
  bindingObject,
  bindingOf,
  bindingResource,
  bindingWord,
  formatBindings,
  mergeBindings,
  sameBinding,
} from "./bindings.ts";
import { changeRecord } from "./mode-record.ts";
import { ask, type MigrateNeeds, type Unreachable } from "./needs.ts";
import type { Watch } from "./progress.ts";

/** @returns undefined when all of them are gone */
export async function unbind(
  needs: MigrateNeeds,
  bindings: readonly Binding[],
  { say }: Watch,
): Promise<Unreachable | undefined> {
  for (const binding of bindings) {
    const failed = await unbindOne(needs, binding);
    if (failed !== undefined) return failed;
    await say({ kind: "unbound", binding });
  }
  return undefined;
}

async function unbindOne(needs: MigrateNeeds, binding: Binding): Promise<Unreachable | undefined> {
  for (let tried = 1; ; tried += 1) {
    const answer = await tryUnbind(needs, binding);
    if (answer.kind === "gone") return undefined;
    if (answer.kind === "unreachable") return answer;
    if (tried >= needs.limits.tries) return unreachable(binding, gaveUp("it changes all the time"));
  }
}

type Tried = { readonly kind: "gone" } | { readonly kind: "changed" } | Unreachable;

async function tryUnbind(needs: MigrateNeeds, binding: Binding): Promise<Tried> {
  const name = nameOf(binding);
  const found = await ask(needs, () => needs.api.read(name));
  if (found.kind === "absent") return { kind: "gone" };
  if (found.kind !== "object") return unreachable(binding, found);
  const standing = bindingOf(found.object, binding.kind);
  if (standing === undefined) return unreachable(binding, gaveUp("it cannot be saved"));
  const unsaved = await save(needs, standing);
  if (unsaved !== undefined) return unsaved;
  const { uid = "", resourceVersion } = found.object.metadata;
  const answer = await ask(needs, () => needs.api.remove(name, { uid, resourceVersion }));
  if (answer.kind === "removed" || answer.kind === "absent") return { kind: "gone" };
  if (answer.kind === "leaving") return unreachable(binding, gaveUp("a finalizer keeps it"));
  // It was changed after it was read: what is saved has to be what was in force.
  return answer.kind === "refused" && answer.status === 409 ? { kind: "changed" } : unreachable(binding, answer);
}

/** @returns undefined when it stands in the record */
async function save(needs: MigrateNeeds, binding: Binding): Promise<Unreachable | undefined> {
  const saved = await changeRecord(needs, ({ unbound, isGarbled }) =>
    isGarbled || isSaved(unbound, binding) ? undefined : { unbound: mergeBindings(unbound, [binding]) },
  );
  if (saved.kind === "unreachable") return saved;
  return saved.record.isGarbled ? unreachable(binding, gaveUp("it cannot be saved")) : undefined;
}

function gaveUp(reason: string): Unreachable["answer"] {
  return { kind: "unknown", reason, mayLand: false };
}

/** Makes them again; those that are there stay as they are. Then the record forgets them. */
export async function bindAgain(
  needs: MigrateNeeds,
  bindings: readonly Binding[],
  { say }: Watch,
): Promise<Unreachable | undefined> {
  for (const binding of bindings) {
    const answer = await ask(needs, () => needs.api.create(bindingResource(binding), bindingObject(binding)));
    const isThere = answer.kind === "object" || (answer.kind === "refused" && answer.reason === "AlreadyExists");
    if (!isThere) return unreachable(binding, answer);
    await say({ kind: "bound", binding });
  }
  const forgotten = await changeRecord(needs, ({ unbound }) => {
    const left = unbound.filter((one) => !bindings.some((other) => sameBinding(one, other)));
    return left.length === unbound.length ? undefined : { unbound: left };
  });
  return forgotten.kind === "unreachable" ? forgotten : undefined;
}

function isSaved(unbound: readonly Binding[], standing: Binding): boolean {
  return unbound.some((one) => formatBindings([one]) === formatBindings([standing]));
}

function nameOf(binding: Binding): ObjectName {
  return { resource: bindingResource(binding), namespace: binding.namespace, name: binding.name };
}

function unreachable(binding: Binding, answer: Unreachable["answer"]): Unreachable {
  return { kind: "unreachable", what: bindingWord(binding), answer };
}
