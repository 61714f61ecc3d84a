/**
 * The attachments that a GC wants kept (CNI SPEC 1.1.0, "GC: Clean up any stale resources").
 *
 * @module
 */
import type { Fault } from "../config/definition.ts";
import { parseJson } from "../config/json.ts";
import { shorten } from "../failure/failure.ts";
import { memberOf } from "./configured-requests.ts";

export type ValidAttachment = { readonly containerId: string; readonly ifName: string };

export type ValidAttachments =
  | { readonly kind: "attachments"; readonly attachments: readonly ValidAttachment[] }
  /** The list is not there: nothing may be freed. */
  | { readonly kind: "missing" }
  | { readonly kind: "malformed"; readonly fault: Fault };

/** The spec's key, and the one that libcni also writes by mistake (containernetworking/cni#1101). */
const keys = ["cni.dev/valid-attachments", "cni.dev/attachments"] as const;

/** Reads them of both keys: what stands in either is valid. One entry that cannot be read makes all of it malformed. */
export function readValidAttachments(configText: string): ValidAttachments {
  const json = parseJson(configText);
  if (json.kind === "unreadable") return { kind: "malformed", fault: json.fault };
  const present = keys.filter((key) => memberOf(json.value, key) !== undefined);
  if (present.length === 0) return { kind: "missing" };
  const attachments: ValidAttachment[] = [];
  for (const key of present) {
    const list = memberOf(json.value, key);
    // Go writes an empty list as null.
    const entries: readonly unknown[] | undefined = list === null ? [] : Array.isArray(list) ? list : undefined;
    if (entries === undefined) return malformed(key, list, "a list of attachments");
    for (const [index, entry] of entries.entries()) {
      const containerId = memberOf(entry, "containerID");
      const ifName = memberOf(entry, "ifname");
      if (typeof containerId !== "string" || typeof ifName !== "string") {
        return malformed(`${key}[${index}]`, entry, 'an attachment such as {"containerID": "4b7e", "ifname": "net1"}');
      }
      attachments.push({ containerId, ifName });
    }
  }
  return { kind: "attachments", attachments };
}

function malformed(path: string, value: unknown, expected: string): ValidAttachments {
  return { kind: "malformed", fault: { path, value: shorten(JSON.stringify(value)), expected } };
}
