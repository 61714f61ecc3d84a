/**
 * The platform's codecs are the oracle.
 *
 * @module
 */
import { test as property, fc } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { decodeUtf8, encodeUtf8 } from "../../../core/wire/utf8.ts";

function oracle(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

describe("decodeUtf8()", () => {
  it.each([
    { name: "an overlong slash", bytes: [0xc0, 0xaf] },
    { name: "an overlong form of three bytes", bytes: [0xe0, 0x80, 0x80] },
    { name: "an overlong form of four bytes", bytes: [0xf0, 0x80, 0x80, 0x80] },
    { name: "a surrogate", bytes: [0xed, 0xa0, 0x80] },
    { name: "the last surrogate", bytes: [0xed, 0xbf, 0xbf] },
    { name: "more than U+10FFFF", bytes: [0xf4, 0x90, 0x80, 0x80] },
    { name: "a lone continuation", bytes: [0x80] },
    { name: "an end in the middle", bytes: [0xe2, 0x82] },
    { name: "a byte that never occurs", bytes: [0xff] },
  ])("refuses $name", ({ bytes }) => {
    expect(decodeUtf8(Uint8Array.from(bytes))).toBeUndefined();
  });

  property.prop([fc.uint8Array({ maxLength: 12 })], { numRuns: 2000 })(
    "agrees with TextDecoder on random bytes",
    (bytes) => {
      expect(decodeUtf8(bytes)).toBe(oracle(bytes));
    },
  );

  property.prop([fc.string({ unit: "binary" })])("gives back what TextEncoder wrote", (text) => {
    expect(decodeUtf8(new TextEncoder().encode(text))).toBe(text);
  });
});

describe("encodeUtf8()", () => {
  property.prop([fc.string({ unit: "binary" })])("agrees with TextEncoder", (text) => {
    expect(encodeUtf8(text)).toEqual(new TextEncoder().encode(text));
  });

  it("writes U+FFFD for a lone surrogate", () => {
    expect(encodeUtf8("\ud800")).toEqual(new TextEncoder().encode("\ud800"));
  });
});
