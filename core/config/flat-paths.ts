/**
 * Where Whereabouts' flat file may be.
 *
 * @module
 */
import { hasControls } from "../cni/identifiers.ts";
import { parseJson } from "./json.ts";
import { memberFolded, readNetworkConfiguration } from "./network-configuration.ts";

/** Whereabouts pkg/config/config.go GetFlatIPAM at 3a262bd, in this order; what the definition names comes first. */
const usualPaths = [
  "/etc/kubernetes/cni/net.d/whereabouts.d/whereabouts.conf",
  "/etc/cni/net.d/whereabouts.d/whereabouts.conf",
  "/host/etc/cni/net.d/whereabouts.d/whereabouts.conf",
];

/** The paths to try, first one first; none for a definition of another type than `whereabouts`. Never throws. */
export function flatPaths(text: string): readonly string[] {
  const json = parseJson(text);
  if (json.kind === "unreadable") return [];
  const silent = { note: () => undefined, warn: () => undefined };
  const configuration = readNetworkConfiguration(json.value, silent);
  if (configuration?.dialect !== "whereabouts") return [];
  const own = memberFolded(configuration.ipam, "configuration_path");
  return typeof own === "string" && isSafePath(own) ? [own, ...usualPaths] : usualPaths;
}

/** The definition's author need not be the node's owner: a path that is not plain is not tried. */
function isSafePath(path: string): boolean {
  return path.startsWith("/") && path.length <= 4096 && !hasControls(path) && !path.split("/").includes("..");
}
