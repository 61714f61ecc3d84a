/**
 * What the parts that keep an eye on a shared store need.
 *
 * @module
 */
import type { Cluster } from "../ports/cluster.ts";
import type { Freer } from "./freer.ts";
import type { FlowPorts } from "./ports.ts";

export type KeeperNeeds = {
  readonly ports: FlowPorts;
  readonly cluster: Cluster;
  readonly freer: Freer;
  readonly running: ReadonlySet<string>;
};
