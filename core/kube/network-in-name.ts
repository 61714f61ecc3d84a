/**
 * Whose address a reservation's name tells, where it bears no mark of Berth: names are all that Whereabouts writes.
 *
 * @module
 */
import type { Address } from "../ip/address.ts";
import { addressInName, addressOfNetwork } from "./names.ts";

export type NamedAddress = { readonly network: string; readonly address: Address };

/**
 * `[<network>-]<address>`: both may have dashes, so a network that is known goes before one that is guessed. The longest that
 * fits; else the shortest start behind which an address stands. @returns undefined when there is no address in it
 */
export function addressNamed(name: string, networks: readonly string[]): NamedAddress | undefined {
  let best: NamedAddress | undefined;
  for (const network of networks) {
    const address = addressOfNetwork(network, name);
    if (address !== undefined && network.length >= (best?.network.length ?? 0)) best = { network, address };
  }
  return best ?? guessed(name);
}

function guessed(name: string): NamedAddress | undefined {
  const whole = addressInName(name);
  if (whole !== undefined) return { network: "", address: whole };
  for (let dash = name.indexOf("-"); dash > 0; dash = name.indexOf("-", dash + 1)) {
    const address = addressInName(name.slice(dash + 1));
    if (address !== undefined) return { network: name.slice(0, dash), address };
  }
  return undefined;
}
