/**
 * `config.load`: a network configuration of type `whereabouts` with its flat file and CNI_ARGS, as it is understood.
 *
 * @module
 */
import * as z from "zod";
import { wantedOf } from "../../../core/allocate/wanted.ts";
import { parseCall } from "../../../core/cni/parse-call.ts";
import type { Definition } from "../../../core/config/definition.ts";
import { faultList } from "../../../core/config/fault-list.ts";
import { formatFault } from "../../../core/config/faults-text.ts";
import { flatPaths } from "../../../core/config/flat-paths.ts";
import { parseJson } from "../../../core/config/json.ts";
import { loadDefinition } from "../../../core/config/load.ts";
import { readNetworkConfiguration } from "../../../core/config/network-configuration.ts";
import { mergedDocument } from "../../../core/config/whereabouts-document.ts";
import type { WhereaboutsDocument, WhereaboutsRange } from "../../../core/config/whereabouts-schema.ts";
import { sameAddress } from "../../../core/ip/address.ts";
import { formatAddress } from "../../../core/ip/address-text.ts";
import { parseAddressLeniently } from "../../../core/ip/lenient-text.ts";
import { formatPrefix } from "../../../core/ip/prefix.ts";
import { parseRangeText } from "../../../core/ip/range-text.ts";
import { lenientBounds } from "../../../core/ip/whereabouts-bounds.ts";
import type { Kind, Outcome } from "../judge.ts";

const input = z.strictObject({
  entry: z.enum(["LoadIPAMConfig", "LoadIPAMConfiguration"]),
  conf: z.record(z.string(), z.unknown()).optional(),
  confText: z.string().optional(),
  flat: z.union([z.null(), z.literal("same-as-conf"), z.record(z.string(), z.unknown())]),
  flatVia: z.literal("configuration_path").optional(),
  cniArgs: z.string().optional(),
});

const ownFlat = "/test/own.conf";
const usualFlat = "/etc/cni/net.d/whereabouts.d/whereabouts.conf";

export const configLoad: Kind = (row) => {
  const { conf, confText, flat, flatVia, cniArgs } = input.parse(row);
  const text = (confText ?? JSON.stringify(conf)).replaceAll("<FLAT>", ownFlat);
  const flatText = flat === "same-as-conf" ? text : JSON.stringify(flat);
  const at = flatVia === undefined ? usualFlat : ownFlat;
  const path = flat === null ? undefined : flatPaths(text).find((one) => one === at);
  const file = path === undefined ? undefined : { path, text: flatText };
  const loaded = loadDefinition(text, file);
  if (loaded.kind === "faults") return refused(loaded.faults.map(formatFault).join("; "));
  const { definition } = loaded;
  if (definition.dialect !== "whereabouts") return refused(`of type ${definition.dialect}`);
  const asked = askedFor(definition, text, cniArgs ?? "");
  if (asked.kind === "error") return asked;
  const document = documentOf(text, file?.text);
  checkBounds(document, definition);
  const { name, network, overlapping } = definition;
  const addresses = definition.addresses.map(({ address, prefixLength }) => ({
    address: `${formatAddress(address)}/${prefixLength}`,
    version: String(address.family),
  }));
  const fields = { ...told(document), ...asked.fields, name, networkName: network, overlappingRanges: overlapping };
  return { kind: "answer", fields: { ...fields, addresses } };
};

function refused(message: string): Outcome {
  return { kind: "error", message };
}

/** What CNI_ARGS says of the pod, once it is sure that what it asks for may be given. */
function askedFor(definition: Definition, stdin: string, cniArgs: string): Outcome {
  const variables = { COMMAND: "ADD", CONTAINERID: "c", IFNAME: "eth0", NETNS: "/n", ARGS: cniArgs };
  const env = new Map(Object.entries(variables).map(([name, value]) => [`CNI_${name}`, value]));
  const parsed = parseCall({ env, stdin, launch: { started: { bootId: "b", bootNs: 0n }, budgetMs: 0 } });
  if (parsed.kind === "failure") return refused(parsed.failure.message);
  if (parsed.call.kind !== "ADD") throw new Error("not an ADD");
  const { pod, requested } = parsed.call;
  const wanted = wantedOf(definition, requested);
  if (wanted.kind === "failure") return refused(wanted.failure.message);
  return { kind: "answer", fields: { podName: pod?.name, podNamespace: pod?.namespace } };
}

/** The merged document behind the definition. */
function documentOf(text: string, flat: string | undefined): WhereaboutsDocument {
  const { note } = faultList();
  const json = parseJson(text);
  const configuration = json.kind === "json" ? readNetworkConfiguration(json.value, { note, warn: note }) : undefined;
  const flatJson = flat === undefined ? undefined : parseJson(flat);
  const flatValue = flatJson?.kind === "json" ? flatJson.value : undefined;
  if (configuration === undefined) throw new Error("a definition without a document");
  const reading = { ...configuration, note, warn: note, odd: note };
  const merged = mergedDocument(configuration.ipam, flatValue, reading);
  if (merged === undefined) throw new Error("a definition without a document");
  return merged.document;
}

function told(document: WhereaboutsDocument) {
  const gateway = document.gateway === undefined ? undefined : parseAddressLeniently(document.gateway);
  return {
    ipRanges: rangesOf(document).map((entry) => {
      const { prefix, first, last } = boundsOf(entry);
      return {
        range: formatPrefix(prefix),
        // Whereabouts says the network's own address where nothing is said.
        rangeStart: first === undefined ? formatPrefix(prefix).split("/")[0] : formatAddress(first),
        rangeEnd: last === undefined ? null : formatAddress(last),
        exclude: entry.exclude,
      };
    }),
    gateway: gateway === undefined ? undefined : formatAddress(gateway),
    kubeconfig: document.kubernetes?.kubeconfig,
    logLevel: document.log_level,
    logFile: document.log_file,
    leaderLeaseDuration: document.leader_lease_duration,
    leaderRenewDeadline: document.leader_renew_deadline,
    leaderRetryPeriod: document.leader_retry_period,
    sleepForRace: document.sleep_for_race,
    reconcilerCronExpression: document.reconciler_cron_expression,
  };
}

function rangesOf(document: WhereaboutsDocument): readonly WhereaboutsRange[] {
  return [...(document.range === undefined ? [] : [document]), ...(document.ipRanges ?? [])];
}

function boundsOf(entry: WhereaboutsRange) {
  const text = parseRangeText(entry.range ?? "", parseAddressLeniently);
  if (text.kind !== "range-text") throw new Error(`a definition of the range ${entry.range}`);
  const { prefix, first, last } = text;
  if (first !== undefined) return { prefix, first, last };
  return {
    prefix,
    first: parseAddressLeniently(entry.range_start ?? ""),
    last: parseAddressLeniently(entry.range_end ?? ""),
  };
}

/** What the document says and what the definition gives out must be the same. */
function checkBounds(document: WhereaboutsDocument, definition: Definition): void {
  const entries = rangesOf(document).map(boundsOf);
  const isSame = entries.every(({ prefix, first, last }, index) => {
    const range = definition.ranges[index]?.range;
    const bounds = lenientBounds(prefix, first, last);
    return range !== undefined && sameAddress(range.first, bounds.first) && sameAddress(range.last, bounds.last);
  });
  if (!isSame || entries.length !== definition.ranges.length) throw new Error("the definition has other ranges");
}
