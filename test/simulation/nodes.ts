/**
 * Nodes as Kubernetes shows them, and Berth's pods on them: Ready while the machine is on, its link stands, and its agent listens.
 *
 * @module
 */
import { nodes, pods } from "../../core/kube/resources.ts";
import type { FakeServer } from "../support/fake-api-server.ts";
import type { Machine } from "./machine.ts";
import type { World } from "./world.ts";

/** How late what Kubernetes shows may be, ms. */
const probeMs = 10_000;

export function plantNode(server: FakeServer, machine: Machine, taints: readonly string[] = []): void {
  const isReady = machine.isOn && !machine.link.isCut;
  server.plant(nodes, {
    metadata: { name: machine.name, uid: `uid-${machine.name}-${machine.bootId}` },
    spec: { taints: taints.map((key) => ({ key, effect: "NoExecute" })) },
    status: { conditions: [{ type: "Ready", status: isReady ? "True" : "Unknown" }] },
  });
}

export function uprootNode(server: FakeServer, { name }: Machine): void {
  server.uproot({ resource: nodes, name });
  server.uproot({ resource: pods, namespace: "kube-system", name: agentOf(name) });
}

/** From now on, as kubelets and the node controller tell it. */
export function watchNodes(world: World): void {
  for (const machine of world.machines) plantNode(world.server, machine);
  const look = () => {
    for (const machine of world.machines) if (isKnown(world, machine)) refresh(world.server, machine);
    world.schedule.after(probeMs, look);
  };
  look();
}

/** One that is lost stays as it was declared. */
function isKnown({ server }: World, { name }: Machine): boolean {
  const found = server.read({ resource: nodes, name });
  const taints = found.kind === "object" ? (found.object["spec"] as { readonly taints: readonly object[] }).taints : [];
  return found.kind === "object" && taints.length === 0;
}

function refresh(server: FakeServer, machine: Machine): void {
  plantNode(server, machine);
  const isReady = machine.isOn && !machine.link.isCut && machine.agent?.listens === true;
  server.plant(pods, {
    metadata: {
      name: agentOf(machine.name),
      namespace: "kube-system",
      uid: agentOf(machine.name),
      labels: { "app.kubernetes.io/name": "berth", "app.kubernetes.io/component": "agent" },
    },
    spec: { nodeName: machine.name },
    status: { phase: "Running", conditions: [{ type: "Ready", status: isReady ? "True" : "False" }] },
  });
}

function agentOf(node: string): string {
  return `berth-agent-${node}`;
}
