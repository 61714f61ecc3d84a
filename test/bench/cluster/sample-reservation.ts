/**
 * A reservation as an agent would write it, of any number.
 *
 * @module
 */
import { formatReservation } from "../../../core/kube/reservation.ts";
import { addressOf } from "../../../core/ip/address.ts";
import type { NewObject } from "../../../core/ports/kube-api.ts";

/** 10.0.0.0 */
const firstAddress = 0x0a_00_00_00n;

/** @param offset of its address in 10.0.0.0/8, the pool it is in */
export function sampleReservation(namespace: string, network: string, offset: number, pool = "10.0.0.0/8"): NewObject {
  const address = addressOf(4, firstAddress + BigInt(offset));
  const bootId = "3f0e3b7c-6a58-4d1e-9f0a-2b7f5f1c9d10";
  const object =
    address === undefined
      ? undefined
      : formatReservation(
          {
            place: { network, pool, overlapping: true, address },
            kind: "dynamic",
            attempt: `0b9c8a52-${offset.toString(16).padStart(12, "0")}`,
            holder: {
              attachment: { definition: network, containerId: offset.toString(16).padStart(64, "0"), ifName: "net1" },
              pod: {
                namespace: "default",
                name: `old-${offset}`,
                uid: `5c1f0e3b-${offset.toString(16).padStart(12, "0")}`,
              },
              node: "other-node",
              started: { bootId, bootNs: 1_000_000_000n },
              evidence: { kind: "seen", path: `/run/netns/cni-${offset}`, device: "4", inode: "4026532000", bootId },
            },
            sinceMs: 1_700_000_000_000,
            reason: "",
          },
          { namespace, journal: "0d8f2c1e-55aa-4c7d-8f55-0c2f7b1a9e77" },
        );
  if (object === undefined) throw new Error(`Cannot make reservation "${offset}": expected an offset within a /8`);
  return object;
}
