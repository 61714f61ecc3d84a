/**
 * The document around `ipam`: a definition alone, or one plugin of a list.
 *
 * @module
 */
import { isNetworkName, networkNameWanted } from "../cni/identifiers.ts";
import { spokenVersion } from "../cni/configured-requests.ts";
import { type CniVersion, cniVersions } from "../cni/version.ts";
import type { Dialect } from "./definition.ts";
import type { Note, Steps } from "./fault-list.ts";
import { foldKey } from "./json.ts";

export type NetworkConfiguration = {
  readonly name: string;
  readonly cniVersion: CniVersion;
  readonly dialect: Dialect;
  readonly ipam: unknown;
  /** Where `ipam` stands. */
  readonly at: Steps;
};

const dialects: readonly Dialect[] = ["berth", "whereabouts", "static", "dhcp"];

/**
 * Finds the `ipam` part that is ours: of a list, the first plugin's whose type we answer to. Undefined when there is
 * none, which was noted.
 */
export function readNetworkConfiguration(
  document: unknown,
  { note, warn }: { readonly note: Note; readonly warn: Note },
): NetworkConfiguration | undefined {
  if (!isObject(document)) {
    note([], document, "a network configuration: an object in braces");
    return undefined;
  }
  const place = findIpam(document, note);
  if (place === undefined) return undefined;
  const type = memberFolded(place.ipam, "type");
  const dialect = dialects.find((known) => known === type);
  if (dialect === undefined) {
    note([...place.at, "type"], type, `one of ${dialects.join(", ")}`);
    return undefined;
  }
  const name = readName(memberFolded(document, "name"), dialect, { note, warn });
  const version = memberFolded(document, "cniVersion");
  const cniVersion = spokenVersion(version);
  if (cniVersion === undefined) note(["cniVersion"], version, `one of ${cniVersions.join(", ")}`);
  return { name, cniVersion: cniVersion ?? "1.1.0", dialect, ...place };
}

type Place = { readonly at: Steps; readonly ipam: unknown };

function findIpam(document: object, note: Note): Place | undefined {
  const plugins = memberFolded(document, "plugins");
  if (plugins === undefined) return present({ at: ["ipam"], ipam: memberFolded(document, "ipam") }, note);
  const list: readonly unknown[] = Array.isArray(plugins) ? plugins : [];
  const places = list
    .map((plugin, index): Place => ({ at: ["plugins", index, "ipam"], ipam: memberFolded(plugin, "ipam") }))
    .filter(({ ipam }) => ipam !== undefined);
  const ours = places.find(({ ipam }) => dialects.some((known) => known === memberFolded(ipam, "type")));
  const found = ours ?? places[0];
  if (found === undefined) note(["plugins"], plugins, 'a list of plugins, one of them with an "ipam" object');
  return found === undefined ? undefined : present(found, note);
}

function present(place: Place, note: Note): Place | undefined {
  if (isObject(place.ipam)) return place;
  note(place.at, place.ipam, "an object in braces with a type");
  return undefined;
}

/** Multus names a definition that has no name; so under the drop-in names one without is only told. */
function readName(name: unknown, dialect: Dialect, to: { readonly note: Note; readonly warn: Note }): string {
  if (typeof name === "string" && isNetworkName(name)) return name;
  const isMissing = name === undefined || name === "";
  const tell = isMissing && dialect !== "berth" ? to.warn : to.note;
  tell(["name"], name, networkNameWanted);
  return "";
}

/** The value of a key; spelled exactly, or else in any case, as Go reads it. */
export function memberFolded(value: unknown, key: string): unknown {
  if (!isObject(value)) return undefined;
  const spelled = Object.hasOwn(value, key) ? key : Object.keys(value).findLast((one) => foldKey(one) === foldKey(key));
  const member: unknown = spelled === undefined ? undefined : Reflect.get(value, spelled);
  return member;
}

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
