/**
 * `routes` and `dns` of a document.
 *
 * @module
 */
import { hasControls } from "../cni/identifiers.ts";
import type { Dns, Route } from "../cni/result.ts";
import { formatAddress, parseAddress } from "../ip/address-text.ts";
import { formatPrefix, parsePrefix } from "../ip/prefix.ts";
import { readAddress } from "./address-field.ts";
import type { Reading } from "./reading.ts";
import type { DnsShape, RouteShape } from "./shared-shapes.ts";

export function readRoutes(entries: readonly RouteShape[], reading: Reading): readonly Route[] {
  return entries.flatMap((entry, index) => {
    const route = readRoute(entry, index, reading);
    return route === undefined ? [] : [route];
  });
}

function readRoute(entry: RouteShape, index: number, reading: Reading): Route | undefined {
  const at = [...reading.at, "routes", index];
  const gw = readAddress(entry.gw === "" ? undefined : entry.gw, [...at, "gw"], reading.note);
  const dst = parsePrefix(entry.dst);
  if (dst.kind === "malformed") {
    reading.note([...at, "dst"], entry.dst, dst.expected);
    return undefined;
  }
  if (dst.kind === "host-bits") reading.odd([...at, "dst"], entry.dst, `${formatPrefix(dst.prefix)}: a network`);
  if (gw !== undefined && gw.family !== dst.prefix.family) {
    reading.odd([...at, "gw"], entry.gw, `an IPv${dst.prefix.family} address, as dst is`);
  }
  const { dst: _dst, gw: _gw, ...more } = entry;
  const field = Object.keys(more)[0];
  if (field !== undefined && reading.cniVersion !== "1.1.0") {
    reading.odd([...at, field], undefined, `cniVersion 1.1.0 for the field ${field}`);
  }
  const own = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined));
  return { dst: formatPrefix(dst.prefix), ...(gw === undefined ? {} : { gw: formatAddress(gw) }), ...own };
}

export function readDns(entry: DnsShape | undefined, reading: Reading): Dns | undefined {
  if (entry === undefined) return undefined;
  const at = [...reading.at, "dns"];
  const { nameservers = [], domain = "", search = [], options = [] } = entry;
  for (const [index, server] of nameservers.entries()) {
    if (parseAddress(server) === undefined) reading.odd([...at, "nameservers", index], server, "an address");
  }
  for (const text of [domain, ...nameservers, ...search, ...options]) {
    if (text.length > 1024 || hasControls(text)) reading.note(at, text, "texts of at most 1024 visible characters");
  }
  return whole(entry);
}

/** The entry without the fields that are not set. */
function whole({ nameservers, domain, search, options }: DnsShape): Dns {
  return {
    ...(nameservers === undefined ? {} : { nameservers }),
    ...(domain === undefined ? {} : { domain }),
    ...(search === undefined ? {} : { search }),
    ...(options === undefined ? {} : { options }),
  };
}
