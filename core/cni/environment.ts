/**
 * The `CNI_*` variables that name an attachment.
 *
 * @module
 */
import { type Failure, failure, shorten } from "../failure/failure.ts";
import { containerIdWanted, ifNameWanted, isContainerId, isIfName, isNetnsPath, netnsWanted } from "./identifiers.ts";

export type Env = ReadonlyMap<string, string>;

export type EnvFault = { readonly name: string; readonly value: string; readonly expected: string };

export type EnvReading = {
  readonly containerId: string;
  readonly ifName: string;
  readonly netns: string;
  /** What is missing or cannot be used, all of it. */
  readonly faults: readonly EnvFault[];
};

const checks = [
  { name: "CNI_CONTAINERID", isGood: isContainerId, expected: containerIdWanted },
  { name: "CNI_IFNAME", isGood: isIfName, expected: ifNameWanted },
  { name: "CNI_NETNS", isGood: isNetnsPath, expected: netnsWanted },
] as const;

export function readEnv(env: Env): EnvReading {
  const value = (name: string): string => env.get(name) ?? "";
  return {
    containerId: value("CNI_CONTAINERID"),
    ifName: value("CNI_IFNAME"),
    netns: value("CNI_NETNS"),
    faults: checks
      .filter(({ name, isGood }) => !isGood(value(name)))
      .map(({ name, expected }) => ({ name, value: value(name), expected })),
  };
}

/** The failure InvalidEnvironment for all faults at once. */
export function envFailure(faults: readonly EnvFault[]): Failure {
  const names = faults.map(({ name }) => name).join(", ");
  const wanted = faults.map(({ name, value, expected }) => {
    const subject = faults.length === 1 ? "" : `${name} to be `;
    return `${subject}${expected}, not ${value === "" ? "nothing" : `"${shorten(value, 60)}"`}`;
  });
  return failure("InvalidEnvironment", names, wanted.join("; "));
}
