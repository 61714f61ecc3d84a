/**
 * The head of a document that may be broken further on.
 *
 * @module
 */
import { describe, expect, it } from "vitest";
import { readHead } from "../../../core/config/json-head.ts";

const whole =
  '{"cniVersion":"1.0.0","name":"net","n":1,"l":["a","b"],"ipam":{"name":"inner"},"prevResult":null,"last":"x"}';

describe("readHead()", () => {
  it("finds the texts at the top, not those below", () => {
    expect(Object.fromEntries(readHead(whole))).toEqual({ cniVersion: "1.0.0", name: "net", last: "x" });
  });

  it("never tells more of a shorter text", () => {
    for (let length = 0; length < whole.length; length += 1) {
      for (const [key, value] of readHead(whole.slice(0, length))) expect(readHead(whole).get(key)).toBe(value);
    }
    expect(readHead(whole.slice(0, 40)).get("name")).toBe("net");
  });

  it.each([
    ["nothing", "", undefined],
    ["no JSON", "hello", undefined],
    ["a list", '["name","x"]', undefined],
    ["a half text", '{"name":"ne', undefined],
    ["what stands behind a broken place", '{"a":?,"name":"net"}', undefined],
    ["a key without colon", '{"name","net"}', undefined],
    ["a text in a deeper object that closes", '{"a":{"name":"x"},"b":"y"}', undefined],
    ["a repeated key", '{"name":"a","name":"b"}', "b"],
    ["an escaped key", String.raw`{"n\u0061me":"a"}`, "a"],
  ])("reads %s", (_name, text, name) => {
    expect(readHead(text).get("name")).toBe(name);
  });
});
