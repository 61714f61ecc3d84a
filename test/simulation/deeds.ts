/**
 * What can happen in a simulated cluster.
 *
 * @module
 */
import { definitions } from "./definitions.ts";

export type PodDeed = {
  readonly kind: "pod";
  readonly pod: number;
  readonly node: number;
  readonly definitions: readonly number[];
  /** The last part of an address that is asked for; 0 for none. */
  readonly requested: number;
  /** Its runtime waits only so long for each ADD, lets it live, and ends the sandbox, ms; left out: mostly until it ends. */
  readonly hasteMs?: number;
  /** So often its runtime tries again in the same sandbox; left out: seldom, and once. */
  readonly again?: number;
};

export type Deed =
  /** A pod comes; its kubelet tries until it has all its addresses. */
  | PodDeed
  /** A pod goes. */
  | { readonly kind: "end"; readonly pod: number }
  /** Its sandbox is made anew, under the same uid. */
  | { readonly kind: "sandbox"; readonly pod: number }
  /** The runtime asks again for what it has. */
  | { readonly kind: "repeat"; readonly pod: number }
  /** The runtime ends the same sandbox once more, late. */
  | { readonly kind: "lateDel"; readonly pod: number }
  | { readonly kind: "check"; readonly pod: number }
  /** The pod object is deleted by force while its containers run, and another of its name comes on the next node. */
  | { readonly kind: "forced"; readonly pod: number; readonly next: number }
  /** The agent dies at its port call after so many, and comes again. */
  | { readonly kind: "kill"; readonly node: number; readonly calls: number; readonly downMs: number }
  | { readonly kind: "reboot"; readonly node: number; readonly downMs: number }
  /** No way between a node and the API server. */
  | { readonly kind: "cut"; readonly node: number; readonly forMs: number }
  | { readonly kind: "outage"; readonly forMs: number }
  | { readonly kind: "wallClock"; readonly node: number; readonly byMs: number }
  | { readonly kind: "gc"; readonly node: number }
  /** Namespaces of the node cannot be opened for a while. */
  | { readonly kind: "blind"; readonly node: number; readonly forMs: number }
  /** An operator keeps an address back, and gives it back later. */
  | {
      readonly kind: "withhold";
      readonly node: number;
      readonly definition: number;
      readonly pick: number;
      readonly forMs: number;
    }
  /** An operator releases the address of a pod, without force. */
  | { readonly kind: "release"; readonly pod: number }
  /** The state directory is lost; or it is put back as it was. The agent dies and comes again. */
  | { readonly kind: "journal"; readonly node: number; readonly ageMs: number; readonly isLost: boolean }
  /** etcd is put back as it was `ageMs` ago. */
  | { readonly kind: "restore"; readonly ageMs: number }
  /** The node's plugin becomes the other program. */
  | { readonly kind: "switch"; readonly node: number }
  /** A reconciler of Berth runs on the node once, and dies at its call after so many. */
  | { readonly kind: "member"; readonly node: number; readonly elected: boolean; readonly calls: number | undefined }
  /**
   * The machine goes for good, or until it comes back under its name; its pods go from the API, and its Node goes or is declared
   * out of service.
   */
  | { readonly kind: "lose"; readonly node: number; readonly isDeleted: boolean; readonly backMs: number | undefined }
  /** The Node's object goes and comes again, and its machine knows nothing of it. */
  | { readonly kind: "unlist"; readonly node: number; readonly forMs: number }
  /** Lists of nodes and pods come back empty to reconcilers, or nobody answers when they ask for pods. */
  | { readonly kind: "hollow"; readonly forMs: number; readonly isDeaf: boolean }
  /** What reconcilers remove goes late for a while, some of it long after they gave up. */
  | { readonly kind: "fog"; readonly forMs: number }
  /** Whereabouts' reconciler runs once. */
  | { readonly kind: "reconcile" }
  /** Whereabouts goes from all nodes, and the cluster becomes exclusive (P22). */
  | { readonly kind: "finish" }
  /** The mode becomes mixed again. */
  | { readonly kind: "back" };

export type Operation = { readonly id: number; readonly atMs: number; readonly deed: Deed };

/** For people: one operation in words. */
export function describe({ id, atMs, deed }: Operation): string {
  const { kind, ...rest } = deed;
  const names = "definitions" in deed ? ` ${deed.definitions.map((at) => definitions[at]?.name).join("+")}` : "";
  const fields = Object.entries(rest)
    .filter(([name]) => name !== "definitions")
    .map(([name, value]) => `${name} ${String(value)}`);
  return `${String(id).padStart(3)}  ${(atMs / 1000).toFixed(3).padStart(9)} s  ${kind}${names} ${fields.join(", ")}`;
}
