/**
 * Answers as a runtime reads them: JSON in one line, in the form of the version it speaks.
 *
 * @module
 */
import type { Failure } from "../failure/failure.ts";
import type { Family } from "../ip/address.ts";
import { formatAddress } from "../ip/address-text.ts";
import { parsePrefix } from "../ip/prefix.ts";
import { crowdedFamily } from "./fits-version.ts";
import type { GivenAddress, IpamResult, Route } from "./result.ts";
import { type CniVersion, cniVersions } from "./version.ts";

/**
 * Writes what an ADD gave. An IPAM result has no interfaces.
 *
 * @throws Error when the version has no room for the addresses: `versionFailure` says so before any is held
 */
export function formatResult(result: IpamResult, version: CniVersion): string {
  const form = forms[version];
  return JSON.stringify({ cniVersion: version, ...form(result, version), dns: result.dns ?? {} });
}

/** Writes a failure (CNI SPEC, "Error"). */
export function formatFailure({ code, message, details }: Failure, version: CniVersion): string {
  return JSON.stringify({ cniVersion: version, code, msg: message, details });
}

/** Writes the answer to VERSION (CNI SPEC, "VERSION: probe plugin version support"). */
export function formatVersion(version: CniVersion): string {
  return JSON.stringify({ cniVersion: version, supportedVersions: cniVersions });
}

type Form = (result: IpamResult, version: CniVersion) => object;

const forms: { readonly [version in CniVersion]: Form } = {
  "0.1.0": pairForm,
  "0.2.0": pairForm,
  "0.3.0": numberedForm,
  "0.3.1": numberedForm,
  "0.4.0": numberedForm,
  "1.0.0": listForm,
  "1.1.0": listForm,
};

/** 0.1.0 and 0.2.0: one address of each family, with its family's routes. */
function pairForm(result: IpamResult): object {
  const crowded = crowdedFamily(result.addresses);
  if (crowded !== undefined) throw new Error(`a result of CNI 0.2.0 has one IPv${crowded} address`);
  const part = (family: Family) => {
    const given = result.addresses.find(({ address }) => address.family === family);
    if (given === undefined) return undefined;
    const routes = result.routes.filter(({ dst }) => familyOfRoute(dst) === family);
    const { address, gateway } = addressTexts(given);
    return { ip: address, gateway, routes: routes.length === 0 ? undefined : routes.map(plainRoute) };
  };
  return { ip4: part(4), ip6: part(6) };
}

/** 0.3.0 to 0.4.0: addresses carry the number of their family. */
function numberedForm(result: IpamResult): object {
  const ips = result.addresses.map((given) => ({ version: String(given.address.family), ...addressTexts(given) }));
  return { ips, routes: routesOf(result, plainRoute) };
}

function listForm(result: IpamResult, version: CniVersion): object {
  // Fields of 1.1.0 in an older result would be refused by runtimes that decode strictly.
  const route = version === "1.1.0" ? (full: Route) => full : plainRoute;
  return { ips: result.addresses.map(addressTexts), routes: routesOf(result, route) };
}

function addressTexts({ address, prefixLength, gateway }: GivenAddress) {
  return {
    address: `${formatAddress(address)}/${prefixLength}`,
    gateway: gateway === undefined ? undefined : formatAddress(gateway),
  };
}

function routesOf({ routes }: IpamResult, form: (route: Route) => Route) {
  return routes.length === 0 ? undefined : routes.map(form);
}

function plainRoute({ dst, gw }: Route): Route {
  return gw === undefined ? { dst } : { dst, gw };
}

function familyOfRoute(dst: string): Family | undefined {
  const parsed = parsePrefix(dst);
  return parsed.kind === "malformed" ? undefined : parsed.prefix.family;
}
