/**
 * A node of a cluster whose agent sweeps as the real one does, with pods that end in every way.
 *
 * @module
 */
import type { Cluster } from "../../core/ports/cluster.ts";
import type { KubeObject } from "../../core/ports/kube-api.ts";
import { nodes, pods } from "../../core/kube/resources.ts";
import type { SweepCount } from "../../core/flow/sweep-count.ts";
import { formatAddress } from "../../core/ip/address-text.ts";
import type { AddChanges, ClusterNode, NodeOptions } from "./cluster-node.ts";
import { type ClusterWorld, createClusterWorld } from "./cluster-world.ts";
import { given } from "./world.ts";

export type SweepStage = {
  readonly world: ClusterWorld;
  readonly node: ClusterNode;
  /** One sweep. */
  readonly sweep: () => Promise<SweepCount>;
  /** Sweeps at once and then when there is something to do, at least once a minute: what the agent's timer does. */
  readonly sweepFor: (ms: number) => Promise<void>;
  /** A pod of this node with an address. */
  readonly pod: (name: string, changes?: AddChanges) => Promise<void>;
  /** Its object goes. */
  readonly uproot: (name: string) => void;
  /** Its sandbox goes, without a DEL. */
  readonly vanish: (...names: readonly string[]) => void;
  /** `<address>: <why>` of each lease that the last sweep kept in doubt. */
  readonly doubts: () => readonly string[];
  /** Calls of the agent since this was asked last that contain `part`. */
  readonly calls: (part: string) => number;
  /** This node's Node. `at`: since when it is so; undefined `status`: there is none. */
  readonly setNode: (status: "True" | "False" | "Unknown" | undefined, at?: string) => void;
};

export async function createSweepStage(options: Partial<NodeOptions> = {}): Promise<SweepStage> {
  const world = createClusterWorld();
  const node = await world.node(options);
  let heard = 0;
  const stage: SweepStage = {
    world,
    node,
    sweep: () => world.until(node.flow.sweep()),
    sweepFor: async (ms) => {
      const endNs = world.clock.bootNs() + BigInt(ms) * 1_000_000n;
      for (;;) {
        await stage.sweep();
        const leftMs = Number(endNs - world.clock.bootNs()) / 1e6;
        const pauseMs = node.flow.reclaiming.pauseMs(60_000);
        await world.advance(Math.max(0, Math.min(pauseMs, leftMs)));
        if (pauseMs > leftMs) return;
      }
    },
    pod: async (name, changes) => {
      world.pod(name, node.name);
      given(await world.until(node.add(name, changes)));
    },
    uproot: (name) => world.server.uproot({ resource: pods, namespace: "default", name }),
    vanish: (...names) => {
      for (const name of names) node.namespaces.delete(`/run/netns/${name}`);
    },
    doubts: () => node.flow.reclaiming.doubts.map(({ place, why }) => `${formatAddress(place.address)}: ${why}`),
    calls: (part) => {
      const since = node.link.calls.slice(heard);
      heard = node.link.calls.length;
      return since.filter((call) => call.includes(part)).length;
    },
    setNode: (status, at = "T1") => {
      if (status === undefined) return world.server.uproot({ resource: nodes, name: node.name });
      const conditions = [{ type: "Ready", status, lastTransitionTime: at }];
      world.server.plant(nodes, { metadata: { name: node.name, uid: "uid-node" }, status: { conditions } });
    },
  };
  return stage;
}

/** A pod whose sandbox and object have gone. */
export async function endedStage(): Promise<SweepStage> {
  const stage = await createSweepStage();
  await stage.pod("c1");
  stage.vanish("c1");
  stage.uproot("c1");
  stage.calls("");
  return stage;
}

/** Pod `c1` as the API shows it by now. */
export function plantPod({ server }: ClusterWorld, metadata: Omit<KubeObject["metadata"], "name">): void {
  const named = { name: "c1", namespace: "default", ...metadata };
  server.plant(pods, { metadata: named, spec: { nodeName: "node-1" }, status: { phase: "Running" } });
}

/** What the next agent's cluster answers. Restarts it. */
export async function answerWith({ node }: SweepStage, changes: Partial<Cluster>): Promise<void> {
  node.kill();
  node.wrap = (ports) =>
    ports.cluster === undefined ? ports : { ...ports, cluster: { ...ports.cluster, ...changes } };
  await node.start();
}
