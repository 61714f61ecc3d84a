/**
 * The names of files in the spool.
 *
 * @module
 */
import { describe, expect, it } from "vitest";
import { spoolName } from "../../../core/wire/spool-name.ts";

describe("spoolName()", () => {
  // Computed apart, with an implementation that was checked against the published value of "foobar", 85944171f73967e8.
  it.each([
    { name: "an ordinary attachment", containerId: "c1", ifName: "eth0", hash: "f53f02b3bfe94942" },
    { name: "empty names", containerId: "", ifName: "", hash: "af63bd4c8601b7df" },
    { name: "text beyond ASCII", containerId: "ü", ifName: "net1", hash: "65d572228ebea310" },
  ])("hashes $name", ({ containerId, ifName, hash }) => {
    expect(spoolName(containerId, ifName)).toBe(hash);
    expect(spoolName(Buffer.from(containerId), Buffer.from(ifName))).toBe(hash);
  });

  it("keeps the two parts apart", () => {
    expect(spoolName("ab", "c")).not.toBe(spoolName("a", "bc"));
  });
});
