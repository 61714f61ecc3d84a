/**
 * What a network configuration says of itself, read from as much of it as there is.
 *
 * @module
 */
import { readHead } from "../config/json-head.ts";
import { isNetworkName } from "./identifiers.ts";
import { type CniVersion, isCniVersion } from "./version.ts";

/** Its `name`; undefined when it cannot be read or is none that an ADD would have taken. */
export function readDefinitionName(text: string): string | undefined {
  const name = readHead(text).get("name");
  return name !== undefined && isNetworkName(name) ? name : undefined;
}

/**
 * The version to answer in: its `cniVersion`, 0.1.0 when it has none (as libcni), and 1.0.0 when it asks for one that is
 * not spoken, which every runtime since 2021 reads.
 */
export function readAnswerVersion(text: string): CniVersion {
  const version = readHead(text).get("cniVersion") ?? "";
  if (version === "") return "0.1.0";
  return isCniVersion(version) ? version : "1.0.0";
}
