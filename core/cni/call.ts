/**
 * One execution of the plugin, in the spec's words (CNI SPEC 1.1.0, "CNI operations").
 *
 * @module
 */
import type { Address } from "../ip/address.ts";
import type { Pod, Started } from "../ports/holder.ts";

/** An address somebody asked for by name, with the prefix length if one was given (`10.0.0.5/24`). */
export type RequestedAddress = {
  readonly address: Address;
  readonly prefixLength: number | undefined;
  readonly gateway: Address | undefined;
  /** Where it was asked for, for messages: `runtimeConfig.ips`, `CNI_ARGS IP`, `args.cni.ips`. */
  readonly from: string;
};

/** What every call carries beside its command. */
export type Launch = {
  readonly started: Started;
  /** How long the launcher waits from then on, ms. */
  readonly budgetMs: number;
};

type Common = { readonly launch: Launch; readonly containerId: string; readonly ifName: string };

export type CniCall =
  | (Common & {
      readonly kind: "ADD";
      readonly netns: string;
      readonly pod: Pod | undefined;
      readonly requested: readonly RequestedAddress[];
      /** Standard input as text: the network configuration. */
      readonly configText: string;
    })
  | (Common & { readonly kind: "CHECK"; readonly netns: string; readonly configText: string })
  /** `definition` is undefined when standard input does not say: DEL never needs it (P13). */
  | (Common & { readonly kind: "DEL"; readonly definition: string | undefined })
  | { readonly kind: "GC"; readonly launch: Launch; readonly configText: string }
  | { readonly kind: "STATUS"; readonly launch: Launch; readonly configText: string }
  | { readonly kind: "VERSION"; readonly launch: Launch; readonly configText: string };
