/**
 * A NetworkAttachmentDefinition as Multus would hand it to a plugin, read as an ADD would read it.
 *
 * @module
 */
import type { Definition, Fault } from "../config/definition.ts";
import { parseJson } from "../config/json.ts";
import { loadDefinition } from "../config/load.ts";
import { isObject, memberFolded } from "../config/network-configuration.ts";
import type { KubeObject } from "../ports/kube-api.ts";
import { memberOf } from "./member-of.ts";

export type DefinitionSight = {
  /** `namespace/name` of the object. */
  readonly object: string;
  readonly read:
    | { readonly kind: "definition"; readonly definition: Definition }
    | { readonly kind: "faults"; readonly faults: readonly Fault[] };
};

/** Multus gives a configuration without a name that of its object. */
export function namedAsObject(config: string, name: unknown): { readonly text: string; readonly isRenamed: boolean } {
  const json = parseJson(config);
  const document = json.kind === "json" ? json.value : undefined;
  const own = memberFolded(document, "name");
  const isNameless = isObject(document) && (own === undefined || own === "");
  if (!isNameless || typeof name !== "string") return { text: config, isRenamed: false };
  return { text: JSON.stringify({ ...document, name }), isRenamed: true };
}

/** @returns undefined for one that asks neither Berth nor Whereabouts for addresses, or has its text on the nodes */
export function readAttachmentDefinition(object: KubeObject): DefinitionSight | undefined {
  const { name, namespace = "" } = object.metadata;
  const config = memberOf(object["spec"], "config");
  if (typeof config !== "string" || config.trim() === "") return undefined;
  const { text } = namedAsObject(config, name);
  if (!isOurs(text)) return undefined;
  const read = loadDefinition(text);
  return { object: `${namespace}/${name}`, read };
}

/** Whoever is called by one of these names; `static` and `dhcp` have no ranges, and may as well be other programs. */
const types: readonly unknown[] = ["berth", "whereabouts"];

/** A text that cannot be read at all is ours when it speaks of us: better told than hidden. */
function isOurs(text: string): boolean {
  const json = parseJson(text);
  if (json.kind !== "json") return /"(?:berth|whereabouts)"/.test(text);
  const plugins = memberFolded(json.value, "plugins");
  const all: readonly unknown[] = Array.isArray(plugins) ? plugins : [json.value];
  return all.some((plugin) => types.includes(memberFolded(memberFolded(plugin, "ipam"), "type")));
}
