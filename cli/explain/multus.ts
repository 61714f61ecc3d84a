/**
 * What Multus wrote of a lease on its pod, beside the lease: it may be late or broken, and proves nothing (P17).
 *
 * @module
 */
import { sameAddress } from "../../core/ip/address.ts";
import { parseAddress } from "../../core/ip/address-text.ts";
import { type NetworkOfPod, readNetworkStatus } from "../../core/kube/network-status.ts";
import { pods } from "../../core/kube/resources.ts";
import type { LeaseRecord } from "../../core/ports/inventory.ts";
import type { OpenedCluster } from "../cluster/open-cluster.ts";

/** "" where there is no pod to read. */
export async function multusText({ api }: OpenedCluster, { holder, place }: LeaseRecord): Promise<string> {
  const pod = holder?.pod;
  if (holder === undefined || pod === undefined || pod.name === "") return "";
  const found = await api.read({ resource: pods, namespace: pod.namespace, name: pod.name });
  if (found.kind !== "object") return "";
  const status = readNetworkStatus(found.object.metadata);
  switch (status.kind) {
    case "missing":
      return "wrote nothing on the pod yet: it does when its last network is made";
    case "broken":
      return "wrote something on the pod that is no list of networks";
    case "networks":
      return compared(status.networks, holder.attachment.ifName, place.address);
    default:
      return status satisfies never;
  }
}

function compared(networks: readonly NetworkOfPod[], ifName: string, address: LeaseRecord["place"]["address"]): string {
  const isThis = (text: string) => {
    const read = parseAddress(text);
    return read !== undefined && sameAddress(read, address);
  };
  const same = networks.find(({ ips }) => ips.some(isThis));
  if (same !== undefined) return `wrote the same on the pod: ${same.name}, interface ${same.ifName}`;
  const other = networks.find((one) => one.ifName === ifName);
  if (other === undefined) return `wrote nothing of interface ${ifName} on the pod`;
  return `wrote otherwise on the pod: interface ${ifName} has ${other.ips.join(", ") || "no address"}`;
}
