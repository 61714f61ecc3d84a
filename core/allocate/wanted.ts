/**
 * What an ADD wants: one address for each range and each static address, with what was asked for by name put in its
 * place (DESIGN 5, "Requested addresses").
 *
 * @module
 */
import type { RequestedAddress } from "../cni/call.ts";
import type { Definition, RangeSource } from "../config/definition.ts";
import { failure, type Failure } from "../failure/failure.ts";
import { formatAddress } from "../ip/address-text.ts";
import { bitsOf, sameAddress, type Address } from "../ip/address.ts";
import { formatPrefix, prefixContains, prefixOf } from "../ip/prefix.ts";
import { rangeContains } from "../ip/range.ts";
import { formatRange } from "../ip/range-text.ts";

export type Wanted =
  | {
      readonly kind: "range";
      readonly index: number;
      readonly source: RangeSource;
      /** Canonical CIDR: the pool's name. */
      readonly pool: string;
      /** The only address that will do; undefined: any free one. */
      readonly address: Address | undefined;
    }
  | {
      readonly kind: "static";
      readonly index: number;
      readonly address: Address;
      readonly prefixLength: number;
      readonly gateway: Address | undefined;
      /** Whether it has one holder in the network. */
      readonly unique: boolean;
    };

export type WantedList =
  | { readonly kind: "wanted"; readonly list: readonly Wanted[] }
  | { readonly kind: "failure"; readonly failure: Failure };

/** Failure: AddressNotAllowed, for a requested address that no range can give and that may not be static. */
export function wantedOf(definition: Definition, requested: readonly RequestedAddress[]): WantedList {
  const left = [...requested];
  const ranges = definition.ranges.map((source) => {
    const at = left.findIndex(({ address }) => rangeContains(source.range, address));
    const asked = at === -1 ? undefined : left.splice(at, 1)[0];
    return { source, address: asked?.address };
  });
  const refused = left.find((asked) => !mayBeStatic(definition, asked));
  if (refused !== undefined) return { kind: "failure", failure: notAllowed(definition, refused) };
  return { kind: "wanted", list: numbered(definition, ranges, left) };
}

/** What is configured may be asked for; what lies in a range's subnet only if it is configured. */
function mayBeStatic(definition: Definition, asked: RequestedAddress): boolean {
  if (!definition.allowsStatic || lengthOf(definition, asked) === undefined) return false;
  return isConfigured(definition, asked.address) || !isInsideSomeRange(definition, asked.address);
}

function isConfigured({ addresses }: Definition, address: Address): boolean {
  return addresses.some((known) => sameAddress(known.address, address));
}

function numbered(
  definition: Definition,
  ranges: readonly { source: RangeSource; address: Address | undefined }[],
  asked: readonly RequestedAddress[],
): readonly Wanted[] {
  const fromRanges = ranges.map(
    ({ source, address }, index): Wanted => ({
      kind: "range",
      index,
      source,
      pool: formatPrefix(source.range.prefix),
      address,
    }),
  );
  const statics = staticsOf(definition, asked).map(
    (given, n): Wanted => ({ kind: "static", index: fromRanges.length + n, ...given, unique: definition.unique }),
  );
  return [...fromRanges, ...statics];
}

/** Under `static`, as upstream, what is asked for replaces what is configured; elsewhere it is added. */
function staticsOf(definition: Definition, asked: readonly RequestedAddress[]) {
  const requested = asked.map((one) => ({
    address: one.address,
    prefixLength: lengthOf(definition, one) ?? bitsOf(one.address.family),
    gateway: one.gateway,
  }));
  if (definition.dialect === "static" && requested.length > 0) return requested;
  return [...definition.addresses, ...requested.filter((one) => !isConfigured(definition, one.address))];
}

/** The prefix length that was asked for, or that of the configured subnet that holds the address. */
function lengthOf({ addresses }: Definition, { address, prefixLength }: RequestedAddress): number | undefined {
  return (
    prefixLength ??
    addresses.find((known) => prefixContains(prefixOf(known.address, known.prefixLength), address))?.prefixLength
  );
}

/** An address of a range's subnet that the range may not give (excluded, a gateway) must not come in as a static one. */
function isInsideSomeRange({ ranges }: Definition, address: Address): boolean {
  return ranges.some(({ range }) => prefixContains(range.prefix, address));
}

function notAllowed(definition: Definition, asked: RequestedAddress): Failure {
  const { address, from } = asked;
  const ranges = definition.ranges.map(({ range }) => formatRange(range)).join(", ");
  const about = { network: definition.network, definition: definition.name };
  const needsLength = definition.allowsStatic && !isInsideSomeRange(definition, address);
  const expected = needsLength
    ? `its prefix length, such as ${formatAddress(address)}/${address.family === 4 ? 24 : 64}, asked for by ${from}`
    : `one that a range of the definition can give (${ranges === "" ? "it has none" : ranges}), asked for by ${from}`;
  return failure("AddressNotAllowed", formatAddress(address), expected, about);
}
