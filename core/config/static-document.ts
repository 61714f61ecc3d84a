/**
 * The `ipam` documents of the types `static` and `dhcp`, as their upstream plugins read them.
 *
 * @module
 */
import * as z from "zod";
import { foldKeys } from "./fold-keys.ts";
import { readShape } from "./read-shape.ts";
import type { Reading } from "./reading.ts";
import { readDns, readRoutes } from "./routes.ts";
import { dnsShape, rangesMax, routesShape, staticAddressShape } from "./shared-shapes.ts";
import { noSources, type Sources } from "./sources.ts";
import { readStaticAddresses } from "./static-addresses.ts";

export const staticSchema = z.strictObject({
  type: z.string(),
  addresses: z.array(staticAddressShape).max(rangesMax).default([]),
  routes: routesShape,
  dns: dnsShape.optional(),
});

/** Undefined when nothing can be made of it. What is odd is passed over, as upstream does. */
export function readStaticDocument(ipam: unknown, reading: Reading): Sources | undefined {
  const document = readShape(staticSchema, foldKeys(staticSchema, ipam, reading), reading).value;
  if (document === undefined) return undefined;
  return {
    ...noSources,
    addresses: readStaticAddresses(document.addresses, [], reading),
    allowsStatic: true,
    routes: readRoutes(document.routes, reading),
    dns: readDns(document.dns, reading),
  };
}

/** Recognised and no more: this Berth has no DHCP daemon, and its agent says so (DhcpUnavailable). */
export function readDhcpDocument(): Sources {
  return { ...noSources, dhcp: true };
}
