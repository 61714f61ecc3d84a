/**
 * The `ipam` document of type `berth`.
 *
 * @module
 */
import * as z from "zod";
import { dnsShape, exclusionsShape, rangesMax, routesShape, staticAddressShape } from "./shared-shapes.ts";

const berthRangeSchema = z.strictObject({
  range: z.string().optional(),
  range_start: z.string().optional(),
  range_end: z.string().optional(),
  exclude: exclusionsShape,
  gateway: z.string().optional(),
});

const ranges = z.array(berthRangeSchema).max(rangesMax).optional();

const gatewayWanted = "an address, or a list with at most one of each family";
const restWanted = 'a time such as "30s", "5m" or "1h", or whole seconds';

export const berthSchema = z.strictObject({
  type: z.literal("berth"),
  network_name: z.string().default(""),
  range: z.string().optional(),
  range_start: z.string().optional(),
  range_end: z.string().optional(),
  exclude: exclusionsShape,
  ranges,
  /** The name it has in a Whereabouts document: changing the type is then all there is to do. */
  ipRanges: ranges,
  gateway: z.union([z.string(), z.array(z.string()).max(2)], { error: gatewayWanted }).optional(),
  routes: routesShape,
  dns: dnsShape.optional(),
  addresses: z.array(staticAddressShape).max(rangesMax).optional(),
  /** Two containers with one address is never what somebody wants unknowingly. */
  unique: z.boolean().default(true),
  enable_overlapping_ranges: z.boolean().default(true),
  reuse_after: z.union([z.string(), z.int()], { error: restWanted }).default(0),
  /** Its fields come with the DHCP daemon. */
  dhcp: z.strictObject({}).optional(),
});

export type BerthDocument = z.output<typeof berthSchema>;
export type BerthRange = z.output<typeof berthRangeSchema>;
