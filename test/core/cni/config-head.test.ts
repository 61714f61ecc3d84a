/**
 * The version to answer in, found also in a configuration that cannot be used.
 *
 * @module
 */
import { describe, expect, it } from "vitest";
import { readAnswerVersion, readDefinitionName } from "../../../core/cni/config-head.ts";
import { configuredRequests, spokenVersion } from "../../../core/cni/configured-requests.ts";

describe("readAnswerVersion()", () => {
  it.each([
    ['{"cniVersion":"0.4.0"', "0.4.0"],
    ['{"cniVersion":""}', "0.1.0"],
    ["", "0.1.0"],
    ['{"cniVersion":"9.0.0"}', "1.0.0"],
  ])("answers %s in %s", (text, version) => {
    expect(readAnswerVersion(text)).toBe(version);
  });
});

describe("readDefinitionName()", () => {
  it("reads what an ADD would have taken", () => {
    expect(readDefinitionName('{"name":"a.b-c"')).toBe("a.b-c");
    expect(readDefinitionName('{"name":"a\\u0000b"}')).toBeUndefined();
  });
});

describe("spokenVersion()", () => {
  it("is 0.1.0 where none is written", () => {
    expect([undefined, null, ""].map(spokenVersion)).toEqual(["0.1.0", "0.1.0", "0.1.0"]);
    expect([1, "1", "1.0.0"].map(spokenVersion)).toEqual([undefined, undefined, "1.0.0"]);
  });
});

describe("configuredRequests()", () => {
  it("finds nothing in what is no object", () => {
    expect(configuredRequests("x")).toEqual({ kind: "lists", runtimeConfig: [], args: [] });
  });
});
