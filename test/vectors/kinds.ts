/**
 * Which code runs which kind of row. Other kinds are not applicable.
 *
 * @module
 */
import type { Kind } from "./judge.ts";
import { allocNext } from "./kinds/alloc-next.ts";
import { cni } from "./kinds/cni.ts";
import { configFlatLookup } from "./kinds/config-flat-lookup.ts";
import { configLoad } from "./kinds/config-load.ts";
import { ipAddOffset } from "./kinds/ip-add-offset.ts";
import { ipInRange } from "./kinds/ip-in-range.ts";
import { ipOffset } from "./kinds/ip-offset.ts";
import { iprangeBounds } from "./kinds/iprange-bounds.ts";
import { nameIppool } from "./kinds/name-ippool.ts";
import { nameNormalizeIp } from "./kinds/name-normalize-ip.ts";
import { nameReconcilerDenormalize } from "./kinds/name-reconciler-denormalize.ts";
import { poolDecodeKey } from "./kinds/pool-decode-key.ts";
import { podstatusIps } from "./kinds/podstatus-ips.ts";
import { poolPatch, poolPatchError } from "./kinds/pool-patch.ts";
import { reconcile } from "./kinds/reconcile.ts";

export const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["alloc.next", allocNext],
  ["cni", cni],
  ["config.flatLookup", configFlatLookup],
  ["config.load", configLoad],
  ["ip.addOffset", ipAddOffset],
  ["ip.inRange", ipInRange],
  ["ip.offset", ipOffset],
  ["iprange.bounds", iprangeBounds],
  ["name.ippool", nameIppool],
  ["name.normalizeIP", nameNormalizeIp],
  ["name.reconcilerDenormalize", nameReconcilerDenormalize],
  ["podstatus.ips", podstatusIps],
  ["pool.decodeKey", poolDecodeKey],
  ["pool.patch", poolPatch],
  ["pool.patch.error", poolPatchError],
  ["reconcile", reconcile],
]);
