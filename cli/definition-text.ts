/**
 * The network configuration inside what people have at hand: the file itself, or a NetworkAttachmentDefinition as JSON.
 *
 * @module
 */
import { parseJson } from "../core/config/json.ts";
import { isObject, memberFolded } from "../core/config/network-configuration.ts";

export type DefinitionText =
  | { readonly kind: "text"; readonly text: string; readonly notes: readonly string[] }
  /** `expected` as it goes after "expected". */
  | { readonly kind: "unusable"; readonly expected: string; readonly next: string };

const attachmentKind = "NetworkAttachmentDefinition";
const asJson = "kubectl get net-attach-def <name> --output json | berthctl check-config -";

/** Anything that is not recognised is passed on as it is: its reader says best what is wrong with it. */
export function definitionText(text: string): DefinitionText {
  if (/^\s*(?:---|apiVersion:|kind:|metadata:)/.test(text))
    return { kind: "unusable", expected: "JSON, found YAML", next: `run: ${asJson}` };
  const json = parseJson(text);
  const document = json.kind === "json" ? json.value : undefined;
  if (!isObject(document) || Reflect.get(document, "kind") !== attachmentKind) return { kind: "text", text, notes: [] };
  const config = memberFolded(memberFolded(document, "spec"), "config");
  if (typeof config !== "string" || config.trim() === "") {
    const expected = `${attachmentKind} with a text in spec.config: without one Multus reads a file of the same name on each node`;
    return { kind: "unusable", expected, next: "run: berthctl check-config /etc/cni/net.d/<file>" };
  }
  return named(config, memberFolded(memberFolded(document, "metadata"), "name"));
}

/** Multus gives a configuration without a name that of its object. */
function named(config: string, name: unknown): DefinitionText {
  const json = parseJson(config);
  const document = json.kind === "json" ? json.value : undefined;
  const own = memberFolded(document, "name");
  const notes = [`read from spec.config of ${attachmentKind} "${String(name)}"`];
  const isNameless = isObject(document) && (own === undefined || own === "");
  if (!isNameless || typeof name !== "string") return { kind: "text", text: config, notes };
  notes.push("its name is that of the object, as Multus sets it");
  return { kind: "text", text: JSON.stringify({ ...document, name }), notes };
}
