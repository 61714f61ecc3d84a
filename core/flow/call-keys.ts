/**
 * What calls are ordered by: their container and interface, and an ADD also by its pod's.
 *
 * @module
 */
import type { CniCall } from "../cni/call.ts";

type AddCall = Extract<CniCall, { kind: "ADD" }>;

/** ADDs are ordered per attachment and per pod interface (P11). */
export function turnKeys(call: AddCall): readonly string[] {
  const uid = call.pod?.uid;
  return uid === undefined ? [containerKey(call)] : [containerKey(call), `pod ${uid}\0${call.ifName}`];
}

/** Without the definition's name: a DEL may not know it. */
export function containerKey({
  containerId,
  ifName,
}: {
  readonly containerId: string;
  readonly ifName: string;
}): string {
  return `container ${containerId}\0${ifName}`;
}
