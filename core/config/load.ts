/**
 * The entrance for network definitions: text in, a definition or every fault of it out.
 *
 * @module
 */
import { hasPairForm, crowdedFamily } from "../cni/fits-version.ts";
import { readBerthDocument } from "./berth-document.ts";
import type { Definition, Loaded } from "./definition.ts";
import { faultList, type Note } from "./fault-list.ts";
import { parseJson, type Repeat } from "./json.ts";
import { type NetworkConfiguration, readNetworkConfiguration } from "./network-configuration.ts";
import type { FlatFile } from "../ports/flat-files.ts";
import { checkPools } from "./pool-overlap.ts";
import type { Reading } from "./reading.ts";
import type { Sources } from "./sources.ts";
import { readDhcpDocument, readStaticDocument } from "./static-document.ts";
import { flatPlace, readWhereaboutsDocument } from "./whereabouts-document.ts";

/**
 * Reads a definition alone, or the first plugin of a list with an `ipam.type` that is ours. Never throws. Cost is that
 * of the text.
 *
 * @param flat for type `whereabouts` only: the first file of `flatPaths` that exists
 */
export function loadDefinition(text: string, flat?: FlatFile): Loaded {
  const faults = faultList();
  const warnings = faultList();
  const { note } = faults;
  const json = parseJson(text);
  if (json.kind === "unreadable") return { kind: "faults", faults: [json.fault] };
  const configuration = readNetworkConfiguration(json.value, { note, warn: warnings.note });
  if (configuration === undefined) return { kind: "faults", faults: faults.faults };
  const { at, cniVersion, dialect } = configuration;
  const odd = dialect === "berth" ? note : warnings.note;
  const reading: Reading = { at, cniVersion, note, warn: warnings.note, odd };
  for (const repeat of json.repeats) noteRepeat(repeat, reading);
  const sources = readSources(configuration, flat, reading);
  if (sources !== undefined) {
    checkVersion(sources, reading);
    checkPools(sources, reading);
  }
  if (sources === undefined || faults.faults.length > 0) return { kind: "faults", faults: faults.faults };
  const { name } = configuration;
  const definition: Definition = { name, cniVersion, dialect, ...sources, warnings: warnings.faults };
  return { kind: "definition", definition };
}

function readSources(
  { dialect, ipam }: NetworkConfiguration,
  flat: FlatFile | undefined,
  reading: Reading,
): Sources | undefined {
  if (dialect === "berth") return readBerthDocument(ipam, reading);
  if (dialect === "whereabouts") return readWhereaboutsDocument(ipam, readFlat(flat, reading.note), reading);
  return dialect === "static" ? readStaticDocument(ipam, reading) : readDhcpDocument();
}

/** Inside `ipam` a key that stands twice could mean either: refused. Outside, other plugins judge; `berth` still does. */
function noteRepeat(repeat: Repeat, { at, note, odd }: Reading): void {
  const isOurs = at.every((step, index) => step === repeat.steps[index]);
  const tell = isOurs ? note : odd;
  if (isOurs || repeat.isExact) tell(repeat.steps, undefined, "this key once");
}

function readFlat(flat: FlatFile | undefined, note: Note): unknown {
  if (flat === undefined) return undefined;
  const json = parseJson(flat.text);
  if (json.kind === "json") return json.value;
  note([flatPlace], undefined, `${json.fault.expected} of ${flat.path}`);
  return undefined;
}

function checkVersion({ ranges, addresses }: Sources, { cniVersion, note }: Reading): void {
  const given = [...ranges.map(({ range }) => ({ address: range })), ...addresses];
  const crowded = hasPairForm(cniVersion) ? crowdedFamily(given) : undefined;
  if (crowded === undefined) return;
  note(["cniVersion"], cniVersion, `0.3.1 or later, because of the second IPv${crowded} address`);
}
