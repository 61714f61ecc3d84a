/**
 * What a cluster shows of its pods: their statuses to the API, their attachments to a GC.
 *
 * @module
 */
import type { Machine } from "./machine.ts";
import { keyOf, type Pod } from "./sandbox.ts";
import type { World } from "./world.ts";

type Pods = ReadonlyMap<number, Pod>;

/** What the API shows of each pod: what its network-status lists; undefined while it is Pending. */
export function statusesOf(world: World): ReadonlyMap<string, readonly string[] | undefined> {
  const shown = [...world.kubelet.pods.values()].filter(({ name, uid }) => world.hasPod(name, uid));
  return new Map(
    shown.map(({ name, sandbox }) => [
      `default/${name}`,
      sandbox?.interfaces.flatMap((one) => world.history.addressesOf(keyOf(sandbox, one))),
    ]),
  );
}

/** What a GC of one definition lists. */
export function validOf(
  pods: Pods,
  machine: Machine,
  definition: string,
): readonly { containerID: string; ifname: string }[] {
  return [...pods.values()]
    .filter((pod) => pod.machine === machine)
    .flatMap(({ sandbox }) => sandbox?.interfaces ?? [])
    .filter((one) => one.definition.name === definition)
    .map(({ containerId, ifName }) => ({ containerID: containerId, ifname: ifName }));
}
