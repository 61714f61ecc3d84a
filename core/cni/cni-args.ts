/**
 * CNI_ARGS: `k=v;k=v` (CNI SPEC, "Parameters"; the keys are those of Kubernetes runtimes and of Multus).
 *
 * @module
 */
import type { Pod } from "../ports/holder.ts";
import { hasControls } from "./identifiers.ts";

export type CniArgs = {
  readonly pod: Pod | undefined;
  /** `IP` and `GATEWAY`: the members of their comma lists. */
  readonly ips: readonly string[];
  readonly gateways: readonly string[];
};

export type CniArgsText =
  | { readonly kind: "args"; readonly args: CniArgs }
  | { readonly kind: "malformed"; readonly value: string; readonly expected: string };

const known = ["K8S_POD_NAME", "K8S_POD_NAMESPACE", "K8S_POD_UID", "K8S_POD_INFRA_CONTAINER_ID", "IP", "GATEWAY"];
const argsLengthMax = 65_536;

/** Reads CNI_ARGS of an ADD. Other verbs never look at it. */
export function parseCniArgs(text: string): CniArgsText {
  if (text.length > argsLengthMax) return malformed("", `at most ${argsLengthMax} characters`);
  const values = new Map<string, string>();
  for (const pair of text.split(";").filter((part) => part !== "")) {
    const equals = pair.indexOf("=");
    if (equals < 1) return malformed(pair, "pairs such as K8S_POD_NAME=web-0, with ; between them");
    const key = pair.slice(0, equals);
    const value = pair.slice(equals + 1);
    if ((values.get(key) ?? value) !== value) return malformed(key, `one value of ${key}, not two`);
    values.set(key, value);
  }
  const ignore = (values.get("IgnoreUnknown") ?? "false").toLowerCase();
  if (!["1", "true", "0", "false"].includes(ignore)) return malformed(ignore, "1, true, 0 or false for IgnoreUnknown");
  const unknown = [...values.keys()].find((key) => key !== "IgnoreUnknown" && !known.includes(key));
  if (unknown !== undefined && ignore !== "1" && ignore !== "true") {
    return malformed(unknown, `only the keys ${known.join(", ")}, or IgnoreUnknown=1`);
  }
  return argsOf(values);
}

function argsOf(values: ReadonlyMap<string, string>): CniArgsText {
  for (const key of known.slice(0, 3)) {
    const value = values.get(key) ?? "";
    if (!isPodText(value)) return malformed(value, `${key} of at most 253 visible characters without "/"`);
  }
  const name = values.get("K8S_POD_NAME") ?? "";
  const namespace = values.get("K8S_POD_NAMESPACE") ?? "";
  const uid = values.get("K8S_POD_UID") ?? "";
  // Half a name is no name: the pod's identity would be that of all pods of this name.
  const hasPod = name !== "" && namespace !== "";
  return {
    kind: "args",
    args: {
      pod: hasPod ? { namespace, name, uid: uid === "" ? undefined : uid } : undefined,
      ips: members(values.get("IP")),
      gateways: members(values.get("GATEWAY")),
    },
  };
}

function isPodText(value: string): boolean {
  return value.length <= 253 && !hasControls(value) && !/[/\s]/.test(value);
}

function members(list = ""): readonly string[] {
  return list
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function malformed(value: string, expected: string): CniArgsText {
  return { kind: "malformed", value, expected };
}
