/**
 * One IP address: a family and a number. Text exists only at the borders.
 *
 * @module
 */

/** IPv4 or IPv6. An IPv4-mapped IPv6 address is IPv4 here. */
export type Family = 4 | 6;

declare const brand: unique symbol;

/** The address as a number, 0 to 2^32 - 1 or 2^128 - 1. `===` is equality inside one family. */
export type AddressValue = bigint & { readonly [brand]: "AddressValue" };

export type Address = { readonly family: Family; readonly value: AddressValue };

/** The number of bits in an address of this family. */
export function bitsOf(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/** Makes an address, or returns undefined when `value` does not fit the family. */
export function addressOf(family: Family, value: bigint): Address | undefined {
  if (value < 0n || value >> BigInt(bitsOf(family)) !== 0n) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only place where an AddressValue is made
  return { family, value: value as AddressValue };
}

/** Reports whether both are the same address of the same family. */
export function sameAddress(a: Address, b: Address): boolean {
  return a.family === b.family && a.value === b.value;
}

/**
 * Makes an address of a value that was computed inside its family.
 *
 * @throws RangeError when it does not fit: a mistake of the caller, never of what somebody typed
 */
export function knownAddress(family: Family, value: bigint): Address {
  const address = addressOf(family, value);
  if (address === undefined) throw new RangeError(`${value} is no IPv${family} address`);
  return address;
}
