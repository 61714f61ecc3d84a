/**
 * Addresses that Multus wrote on pods, of networks other than the default one: texts, sorted.
 *
 * @module
 */
import * as z from "zod";
import { readNetworkStatus } from "../../../core/kube/network-status.ts";
import type { Kind } from "../judge.ts";

const input = z.object({
  status: z.array(z.unknown()).optional(),
  statusText: z.string().optional(),
  pods: z.array(z.object({ ref: z.string(), ips: z.array(z.string()) })).optional(),
});

export const podstatusIps: Kind = (fields) => {
  const { status = [], statusText = JSON.stringify(status), pods = [] } = input.parse(fields);
  const index = pods.map(({ ref, ips }) => [ref, ipsIn(JSON.stringify([{ name: "n", interface: "net1", ips }]))]);
  return { kind: "answer", fields: { ips: ipsIn(statusText), index: Object.fromEntries(index) } };
};

function ipsIn(text: string): readonly string[] {
  const read = readNetworkStatus({ annotations: { "k8s.v1.cni.cncf.io/network-status": text } });
  if (read.kind !== "networks") return [];
  return read.networks.flatMap(({ ips, isDefault }) => (isDefault ? [] : ips)).sort();
}
