/**
 * What an agent keeps an eye on when its store is shared with other nodes: its own reservations, the mode, and whether the
 * store went back in time (P4, P14 to P16). The embedded store has none of it.
 *
 * @module
 */
import type { Pod } from "./holder.ts";
import type { Claim, ClaimAnswer, Held, RenewAnswer } from "./store.ts";

/** A reservation as it stands. */
export type Reservation = Held & {
  /** The object's name. */
  readonly name: string;
  readonly uid: string;
  /** When it was last written, on the store's own scale; -1 when that cannot be told. */
  readonly revision: bigint;
  /** The journal of the agent that wrote it; "" when none did. */
  readonly journal: string;
  /** Whether the labels of its node and its network find it. */
  readonly isLabelled: boolean;
  /** The first reservation of a static or withheld address, where this is a further one (P21); "" otherwise. */
  readonly twinOf: string;
};

export type Unread = { readonly kind: "unknown"; readonly reason: string };

export type OwnAnswer =
  /** All of this node, as they were at `revision`. */
  { readonly kind: "own"; readonly reservations: readonly Reservation[]; readonly revision: bigint } | Unread;

/** Whether Whereabouts may write, too: `present` is mixed, `absent` exclusive (P4). */
export type Mode = "present" | "absent";

export type ModeAnswer = { readonly kind: "mode"; readonly mode: Mode } | Unread;

export type SettingAnswer =
  | { readonly kind: "fine" }
  /** The pools of this cluster are in another namespace: two arbiters would be none (P2, F13). */
  | { readonly kind: "elsewhere"; readonly namespace: string; readonly other: string }
  /** What is missing to work at all, in words: a kind of object, a permission. */
  | { readonly kind: "unfit"; readonly reason: string }
  | Unread;

/** What the pool's entry of a lease says (P6, P15). */
export type EntrySight =
  | { readonly kind: "ours" }
  | { readonly kind: "missing" }
  /** As an earlier sandbox of the same lease wrote it. */
  | { readonly kind: "old"; readonly was: Claim }
  | { readonly kind: "other"; readonly by: string }
  | Unread;

/** An address that Whereabouts gave to a pod of this node (P14). */
export type Stray = {
  readonly claim: Claim;
  /** Its reservation, where Whereabouts made one. */
  readonly standing: Reservation | undefined;
};

export type StrayLook = {
  /** At whatever lives on this node; false: only at what these containers had, whose DEL has come. */
  readonly isWhole: boolean;
  /** Whether the journal has a row there: then nothing more is read of it. */
  readonly isKnown: (place: Held["place"]) => Promise<boolean>;
};

export type Happening = {
  readonly reason: "BerthConflict" | "BerthTwoAgents";
  readonly message: string;
  readonly pod: Pod | undefined;
};

export type LivingPods =
  /** Uids of the pods of this node that have not ended; a static one is there by the uid that its kubelet knows, too (P17). */
  { readonly kind: "living"; readonly uids: ReadonlySet<string> } | Unread;

export type NodeHealth =
  /** `since` tells one stretch of being Ready, or not, from the next; it is compared, never read. No such Node is not Ready. */
  { readonly kind: "node"; readonly isReady: boolean; readonly since: string } | Unread;

export type Cluster = {
  /** Uncached. */
  readonly own: () => Promise<OwnAnswer>;
  /** The reservation as it stands, uncached. Throws when the store cannot be read. */
  readonly look: (place: Held["place"]) => Promise<Reservation | undefined>;
  /** The store's revision now, uncached: shows whether it went back (P16). */
  readonly pulse: () => Promise<{ readonly kind: "revision"; readonly revision: bigint } | Unread>;
  readonly mode: () => Promise<ModeAnswer>;
  readonly setting: () => Promise<SettingAnswer>;
  /** Writes on a standing reservation that `lease` lives on the same address (P15). A compare-and-set. */
  readonly contest: (standing: Reservation, lease: Claim) => Promise<RenewAnswer>;
  /** What the entries of these leases say, in their order. `was`: the lease's reservation as it stands. */
  readonly entries: (
    leases: readonly (Claim & { readonly was: Reservation | undefined })[],
  ) => Promise<readonly EntrySight[]>;
  /** Writes the entry of a living lease anew, or over the one that an earlier sandbox of it wrote. */
  readonly writeEntry: (lease: Claim, was: Claim | undefined) => Promise<{ readonly kind: "done" } | Unread>;
  /**
   * What Whereabouts gave to pods of this node while they live, or to one of these containers. Each claim has a new attempt id. Cost: the
   * pools, and where anything is found there slices, definitions and pods, and one read for each address that is not known.
   */
  readonly strays: (
    containers: ReadonlySet<string>,
    look?: StrayLook,
  ) => Promise<{ readonly kind: "strays"; readonly strays: readonly Stray[] } | Unread>;
  /** Makes the reservation of a stray, or completes the one that Whereabouts made. The entry stands already. */
  readonly adopt: (stray: Stray) => Promise<ClaimAnswer>;
  /** Puts a lost label back. A compare-and-set. */
  readonly relabel: (standing: Reservation) => Promise<RenewAnswer>;
  /**
   * Removes what landed late and no journal tells of: further reservations of withheld addresses whose first has gone (P21), and
   * entries that this agent had given back (P9).
   */
  readonly removeOrphans: () => Promise<{ readonly kind: "done"; readonly removed: number } | Unread>;
  /** Whether this pod exists under this uid, and has not ended; undefined when nobody could be asked. */
  readonly podLives: (pod: Pod) => Promise<boolean | undefined>;
  /** One list, which may come from a cache: who is not in it is a suspect at most (P17). */
  readonly livingPods: () => Promise<LivingPods>;
  /** Whether this node's Node is Ready, uncached (P18). */
  readonly nodeHealth: () => Promise<NodeHealth>;
  /** An Event for people. Never throws, never waits for long. */
  readonly tell: (happening: Happening) => void;
  /** The highest revision seen, by any call of the store. */
  readonly seen: () => bigint;
  /** Takes up what an earlier run had seen. */
  readonly resume: (seen: bigint) => void;
  /** How often the store fell behind what had been seen (P16). */
  readonly falls: () => number;
  /** How many answers to writes and uncached lists have told the store's revision so far (P16). */
  readonly answers: () => number;
  /** How often the connection was made anew. */
  readonly connections: () => number;
};
