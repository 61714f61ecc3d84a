/**
 * The parts that documents of several types share. Notation is judged later: here only what JSON can say.
 *
 * @module
 */
import * as z from "zod";

const count = z.int().min(0).max(4_294_967_295);

export const rangesMax = 1_000;
export const exclusionsMax = 100_000;
const listMax = 1_000;

/** CNI SPEC 1.1.0, "ADD Success": routes. */
export const routeShape = z.strictObject({
  dst: z.string(),
  gw: z.string().optional(),
  mtu: count.optional(),
  advmss: count.optional(),
  priority: count.optional(),
  table: count.optional(),
  scope: z.int().min(0).max(255).optional(),
});

export const routesShape = z.array(routeShape).max(listMax).default([]);

const dnsTexts = z.array(z.string()).max(listMax).optional();

/** CNI SPEC 1.1.0, "ADD Success": dns. */
export const dnsShape = z.strictObject({
  nameservers: dnsTexts,
  domain: z.string().optional(),
  search: dnsTexts,
  options: dnsTexts,
});

export const staticAddressShape = z.strictObject({ address: z.string(), gateway: z.string().optional() });

export const exclusionsShape = z.array(z.string()).max(exclusionsMax).default([]);

export type RouteShape = z.output<typeof routeShape>;
export type DnsShape = z.output<typeof dnsShape>;
export type StaticAddressShape = z.output<typeof staticAddressShape>;
