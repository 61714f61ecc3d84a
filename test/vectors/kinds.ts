/**
 * Which code runs which kind of row. Other kinds are not applicable.
 *
 * @module
 */
import type { Kind } from "./judge.ts";
import { allocNext } from "./kinds/alloc-next.ts";
import { configFlatLookup } from "./kinds/config-flat-lookup.ts";
import { configLoad } from "./kinds/config-load.ts";
import { ipAddOffset } from "./kinds/ip-add-offset.ts";
import { ipInRange } from "./kinds/ip-in-range.ts";
import { ipOffset } from "./kinds/ip-offset.ts";
import { iprangeBounds } from "./kinds/iprange-bounds.ts";

export const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["alloc.next", allocNext],
  ["config.flatLookup", configFlatLookup],
  ["config.load", configLoad],
  ["ip.addOffset", ipAddOffset],
  ["ip.inRange", ipInRange],
  ["ip.offset", ipOffset],
  ["iprange.bounds", iprangeBounds],
]);
