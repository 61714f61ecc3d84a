/**
 * The network configuration inside what people have at hand: the file itself, or a NetworkAttachmentDefinition as JSON.
 *
 * @module
 */
import { parseJson } from "../core/config/json.ts";
import { isObject, memberFolded } from "../core/config/network-configuration.ts";
import { namedAsObject } from "../core/kube/read-definition.ts";

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

function named(config: string, name: unknown): DefinitionText {
  const { text, isRenamed } = namedAsObject(config, name);
  const notes = [`read from spec.config of ${attachmentKind} "${String(name)}"`];
  if (isRenamed) notes.push("its name is that of the object, as Multus sets it");
  return { kind: "text", text, notes };
}
