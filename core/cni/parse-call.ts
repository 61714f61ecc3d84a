/**
 * What a launcher handed over, as one call. The only entrance for `CNI_*` variables.
 *
 * @module
 */
import { parseJson } from "../config/json.ts";
import { type Failure, failure } from "../failure/failure.ts";
import type { CniCall, Launch, RequestedAddress } from "./call.ts";
import { type CniArgs, parseCniArgs } from "./cni-args.ts";
import { readDefinitionName } from "./config-head.ts";
import { configuredRequests, memberOf, spokenVersion } from "./configured-requests.ts";
import { type Env, type EnvFault, envFailure, readEnv } from "./environment.ts";
import { requestedAddresses } from "./requested-addresses.ts";
import { undecodable } from "./undecodable.ts";
import { cniVersions } from "./version.ts";

export type CallInput = {
  /** The `CNI_*` variables. */
  readonly env: Env;
  readonly stdin: string;
  readonly launch: Launch;
};

export type CallText =
  | { readonly kind: "call"; readonly call: CniCall }
  /** InvalidEnvironment, UndecodableConfig, UnknownCniVersion, InvalidConfig or RequestTooLarge. */
  | { readonly kind: "failure"; readonly failure: Failure };

/** Reads a call. A DEL needs its container and interface only, and a GC nothing: neither fails for its configuration. */
export function parseCall(input: CallInput): CallText {
  const command = input.env.get("CNI_COMMAND") ?? "";
  const { launch, stdin: configText } = input;
  switch (command) {
    case "ADD":
      return parseAdd(input);
    case "CHECK":
      return parseCheck(input);
    case "DEL":
      return parseDel(input);
    case "STATUS":
      return unreadableConfig(configText) ?? { kind: "call", call: { kind: "STATUS", launch, configText } };
    case "GC":
    case "VERSION":
      return { kind: "call", call: { kind: command, launch, configText } };
    default:
      return refused(envFailure([{ name: "CNI_COMMAND", value: command, expected: commandWanted }]));
  }
}

const commandWanted = "one of ADD, DEL, CHECK, GC, STATUS, VERSION";

function parseAdd({ env, stdin, launch }: CallInput): CallText {
  const { containerId, ifName, netns, faults } = readEnv(env);
  const args = parseCniArgs(env.get("CNI_ARGS") ?? "");
  const argsFaults: readonly EnvFault[] = args.kind === "args" ? [] : [{ ...args, name: "CNI_ARGS" }];
  if (faults.length > 0 || args.kind !== "args") return refused(envFailure([...faults, ...argsFaults]));
  const unreadable = unreadableConfig(stdin);
  if (unreadable !== undefined) return unreadable;
  const asked = requestsOf(stdin, args.args);
  if (asked.kind !== "requested") return asked;
  return {
    kind: "call",
    call: {
      kind: "ADD",
      launch,
      containerId,
      ifName,
      netns,
      pod: args.args.pod,
      requested: asked.requested,
      configText: stdin,
    },
  };
}

function parseCheck({ env, stdin, launch }: CallInput): CallText {
  const { containerId, ifName, netns, faults } = readEnv(env);
  if (faults.length > 0) return refused(envFailure(faults));
  const call = { kind: "CHECK", launch, containerId, ifName, netns, configText: stdin } as const;
  return unreadableConfig(stdin) ?? { kind: "call", call };
}

function parseDel({ env, stdin, launch }: CallInput): CallText {
  const { containerId, ifName, faults } = readEnv(env);
  // The namespace may be gone, and its path with it: what stands in CNI_NETNS is of no use to a DEL.
  const needed = faults.filter(({ name }) => name !== "CNI_NETNS");
  if (needed.length > 0) return refused(envFailure(needed));
  return { kind: "call", call: { kind: "DEL", launch, containerId, ifName, definition: readDefinitionName(stdin) } };
}

/** The failure when standard input is no JSON, or of a version of the spec that is not spoken. */
function unreadableConfig(text: string): CallText | undefined {
  const json = parseJson(text);
  if (json.kind === "unreadable") return refused(undecodable(json));
  const version = memberOf(json.value, "cniVersion");
  if (spokenVersion(version) !== undefined) return undefined;
  const written = typeof version === "string" ? version : JSON.stringify(version);
  return refused(failure("UnknownCniVersion", written, `one of ${cniVersions.join(", ")}`));
}

type Requests = { readonly kind: "requested"; readonly requested: readonly RequestedAddress[] };

function requestsOf(text: string, args: CniArgs): Requests | Extract<CallText, { kind: "failure" }> {
  const json = parseJson(text);
  const lists = configuredRequests(json.kind === "json" ? json.value : undefined);
  if (lists.kind === "malformed") return refused(failure("InvalidConfig", lists.path, lists.expected));
  const merged = requestedAddresses(
    [
      { from: "runtimeConfig.ips", ips: lists.runtimeConfig },
      { from: "args.cni.ips", ips: lists.args },
      { from: "CNI_ARGS IP", ips: args.ips },
    ],
    args.gateways,
  );
  if (merged.kind === "requested") return merged;
  const { from, value, expected } = merged;
  if (from.startsWith("CNI_ARGS")) return refused(envFailure([{ name: from, value, expected }]));
  return refused(failure("InvalidConfig", `${from} ${value}`, expected));
}

function refused(because: Failure): Extract<CallText, { kind: "failure" }> {
  return { kind: "failure", failure: because };
}
