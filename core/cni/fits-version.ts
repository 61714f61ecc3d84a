/**
 * Whether a version of the spec can carry so many addresses.
 *
 * @module
 */
import { type About, type Failure, failure } from "../failure/failure.ts";
import type { Address, Family } from "../ip/address.ts";
import type { CniVersion } from "./version.ts";

/** The failure UnsupportedField when the version's result has no room for these addresses. Ask before any is held. */
export function versionFailure(
  addresses: readonly { readonly address: Pick<Address, "family"> }[],
  version: CniVersion,
  about: About = {},
): Failure | undefined {
  const crowded = hasPairForm(version) ? crowdedFamily(addresses) : undefined;
  if (crowded === undefined) return undefined;
  const expected = `one IPv${crowded} address at most, or cniVersion 0.3.1 or later`;
  return failure("UnsupportedField", `cniVersion ${version}`, expected, about);
}

/** Reports whether results of this version have one address of each family at most. */
export function hasPairForm(version: CniVersion): boolean {
  return version === "0.1.0" || version === "0.2.0";
}

/** The family of which there is more than one address. */
export function crowdedFamily(addresses: readonly { readonly address: Pick<Address, "family"> }[]): Family | undefined {
  const families: readonly Family[] = [4, 6];
  return families.find((family) => addresses.filter(({ address }) => address.family === family).length > 1);
}
