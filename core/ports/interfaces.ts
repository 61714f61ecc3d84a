/**
 * The addresses that an interface inside a network namespace really has.
 *
 * @module
 */
import type { Address } from "../ip/address.ts";

export type InterfaceSight =
  | {
      readonly kind: "seen";
      readonly addresses: readonly { readonly address: Address; readonly prefixLength: number }[];
    }
  /** The namespace or the interface is not there. */
  | { readonly kind: "absent" }
  | { readonly kind: "unreadable"; readonly reason: string };

export type Interfaces = {
  /** @param netns path of the namespace. Never throws. */
  readonly read: (netns: string, ifName: string) => Promise<InterfaceSight>;
};
