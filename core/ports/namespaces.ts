/**
 * What can be known about a network namespace, and the proof that one has gone (PROTOCOL P18).
 *
 * @module
 */

/** What was seen of a namespace at ADD; kept with the lease, so that its end can be proven later. */
export type NamespaceEvidence =
  | {
      readonly kind: "seen";
      readonly path: string;
      /** Device and inode of the nsfs file, as decimal text: they exceed 2^53 on some kernels. */
      readonly device: string;
      readonly inode: string;
      /** The boot it was seen in: `/proc/sys/kernel/random/boot_id`. */
      readonly bootId: string;
    }
  /** It could not be opened, or what is seen here proves nothing; `reason` says why in a few words. */
  | { readonly kind: "void"; readonly path: string; readonly bootId: string; readonly reason: string };

/** What stands at a path now. */
export type NamespaceSight =
  | { readonly kind: "namespace"; readonly device: string; readonly inode: string }
  | { readonly kind: "absent" }
  /** Something that is no network namespace: proves nothing (P18). */
  | { readonly kind: "other" }
  /** It could not be looked at: proves nothing. */
  | { readonly kind: "unreadable"; readonly reason: string };

export type Namespaces = {
  /** Looks at one path. Never throws. */
  readonly look: (path: string) => Promise<NamespaceSight>;
  /** Undefined when sights here are evidence; otherwise why they are void (a missing mount propagation, P18). */
  readonly voidReason: (path: string) => Promise<string | undefined>;
};
