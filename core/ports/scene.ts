/**
 * What a reconciler sees of the cluster, and the two things it does to it: it frees, and it repairs. Everything is read in pages; what
 * could not be read is said, never taken for empty.
 *
 * @module
 */
import type { Reservation, Unread } from "./cluster.ts";
import type { Pod } from "./holder.ts";

/** Undefined: all was read. */
export type Reading = Promise<Unread | undefined>;

/** `begin` is called before the first item, and again when the list expired while it was read. */
export type Reader<Item> = {
  readonly begin: () => void;
  readonly take: (item: Item) => void;
  /** Called for what is there and can be judged by nobody, once or more often; left out: it is passed over. */
  readonly unreadable?: ((one: Unreadable) => void) | undefined;
};

/** A reservation whose address or node cannot be told. `command`: how to look at it. */
export type Unreadable = { readonly name: string; readonly why: string; readonly command: string };

/** A pod as lists and reads tell it. */
export type PodState = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Of a static pod: the uid that its kubelet knows it by (P17); "" otherwise. */
  readonly mirror: string;
  readonly phase: "pending" | "running" | "ended";
};

export type NodeState = {
  readonly isReady: boolean;
  /** As the API writes it, when it became so: only compared with itself. */
  readonly since: string;
  readonly isOutOfService: boolean;
  /** Of the machine that bears this name, as its kubelet told it; "" when it did not. */
  readonly bootId: string;
};

/** A reservation by its metadata alone. */
export type LeaseMark = {
  /** "" when it names none. */
  readonly node: string;
  /** Name of the pool's object, shortened like a label; "" for an address of no pool. */
  readonly pool: string;
  readonly isWithheld: boolean;
};

/** Where a Ready pod of Berth runs, by node. */
export type BerthPods = { readonly agents: ReadonlySet<string>; readonly members: ReadonlySet<string> };

export type FreeAnswer =
  | { readonly kind: "freed" }
  /** Somebody changed it since it was judged. */
  | { readonly kind: "changed" }
  | { readonly kind: "unknown"; readonly reason: string };

/** What was put right about a reservation. */
export type Repaired = {
  readonly lease: Reservation;
  /** `label`: its node finds it again. `leftover`: it is a further one whose first has gone (P21), and was removed. */
  readonly what: "label" | "leftover";
};

export type Scene = {
  /** Called before a run, and again before its second looks: learns whether Whereabouts may write. */
  readonly begin: () => Reading;
  /** Reservations of one node, by its label; a further one of an address (P21) goes with its first. Uncached. */
  readonly leasesOf: (node: string, reader: Reader<Reservation>) => Reading;
  /**
   * What names no node's label: reservations that Whereabouts wrote, ours that lost it, and, while Whereabouts may write, entries of
   * pools that no reservation of ours stands for (`version` is "" where none of Whereabouts' stands either). Uncached.
   */
  readonly withoutNode: (reader: Reader<Reservation>) => Reading;
  /** Every reservation. */
  readonly survey: (reader: Reader<LeaseMark>) => Reading;
  /** Of one node; may come from the API server's cache. */
  readonly podsOf: (node: string) => Promise<{ readonly kind: "pods"; readonly pods: readonly PodState[] } | Unread>;
  /** As it is now. */
  readonly pod: (pod: Pod) => Promise<PodState | "absent" | Unread>;
  /** All, by name: about 100 bytes each. */
  readonly nodes: () => Promise<{ readonly kind: "nodes"; readonly nodes: ReadonlyMap<string, NodeState> } | Unread>;
  /** As it is now. */
  readonly node: (name: string) => Promise<NodeState | "absent" | Unread>;
  /** @param node only that one's */
  readonly berthPods: (node?: string) => Promise<({ readonly kind: "berth" } & BerthPods) | Unread>;
  /**
   * Which of these pods (`namespace/name`) exist and have not ended; may come from the API server's cache. Undefined: the list cannot be
   * right, for it has no pod at all.
   */
  readonly living: (
    names: ReadonlySet<string>,
  ) => Promise<{ readonly kind: "living"; readonly names: ReadonlySet<string> | undefined } | Unread>;
  /** The lease as it stands now; undefined when nobody holds it. */
  readonly look: (
    lease: Reservation,
  ) => Promise<{ readonly kind: "lease"; readonly lease: Reservation | undefined } | Unread>;
  /** As it was judged, or not at all (P12); one that another living lease contests is handed over to it (P15). */
  readonly free: (lease: Reservation) => Promise<FreeAnswer>;
  /**
   * Ours that lost the label of their node get it back, where no agent lives that would do it (P15); further reservations of withheld
   * addresses whose first has gone are removed (P21). What one of them hinders keeps no other.
   *
   * @param agents nodes with a Ready agent
   */
  readonly repair: (agents: ReadonlySet<string>, repaired: (one: Repaired) => void) => Reading;
};
