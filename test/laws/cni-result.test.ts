/**
 * Laws of results: every version says the same addresses.
 *
 * @module
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { versionFailure } from "../../core/cni/fits-version.ts";
import { formatResult } from "../../core/cni/format-result.ts";
import { readPrevResult } from "../../core/cni/prev-result.ts";
import type { GivenAddress } from "../../core/cni/result.ts";
import { cniVersions } from "../../core/cni/version.ts";
import { addressOf, bitsOf } from "../../core/ip/address.ts";
import { parseAddress, formatAddress } from "../../core/ip/address-text.ts";

const address = fc
  .constantFrom<4 | 6>(4, 6)
  .chain((family) =>
    fc.bigInt({ min: 0n, max: (1n << BigInt(bitsOf(family))) - 1n }).map((value) => addressOf(family, value)!),
  )
  // A mapped address is IPv4 when it is read: none is ever given.
  .filter((one) => parseAddress(formatAddress(one))?.family === one.family);

const given: fc.Arbitrary<GivenAddress> = fc.record({
  address,
  prefixLength: fc.nat({ max: 32 }),
  gateway: fc.option(address, { nil: undefined }),
});

describe("formatResult()", () => {
  it("writes in every version what reads back as it was, or has no room and says so before", () => {
    const input = fc.record({ addresses: fc.array(given, { maxLength: 4 }), version: fc.constantFrom(...cniVersions) });
    fc.assert(
      fc.property(input, ({ addresses, version }) => {
        const result = { addresses, routes: [], dns: undefined };
        if (versionFailure(addresses, version) !== undefined) {
          expect(() => formatResult(result, version)).toThrow("one IPv");
          return;
        }
        const read = readPrevResult(`{"prevResult":${formatResult(result, version)}}`);
        const byFamily = (list: readonly GivenAddress[]) =>
          list.toSorted((a, b) => a.address.family - b.address.family);
        expect(read).toEqual({
          kind: "addresses",
          addresses: version.startsWith("0.1") || version === "0.2.0" ? byFamily(addresses) : addresses,
        });
      }),
      { numRuns: 500, seed: 20_261_121 },
    );
  });
});
