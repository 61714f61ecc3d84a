/**
 * Bodies of the admin socket, taken and refused.
 *
 * @module
 */
import { describe, expect, it } from "vitest";
import {
  releaseAnswer,
  releaseRequest,
  statusAnswer,
  unwithholdRequest,
  withholdRequest,
} from "../../../core/config/admin.ts";
import { readAdminBody } from "../../../core/config/admin-body.ts";
import { failure } from "../../../core/failure/failure.ts";

describe("readAdminBody()", () => {
  it("reads requests with their defaults", () => {
    const read = (schema: Parameters<typeof readAdminBody>[0], body: object) =>
      readAdminBody(schema, JSON.stringify(body));
    expect(read(releaseRequest, { address: "10.0.0.5" })).toEqual({
      kind: "body",
      body: { address: "10.0.0.5", force: false },
    });
    expect(read(withholdRequest, { address: "::1", reason: "printer" })).toEqual({
      kind: "body",
      body: { network: "", address: "::1", reason: "printer" },
    });
    expect(read(unwithholdRequest, { network: "n", address: "::1" })).toEqual({
      kind: "body",
      body: { network: "n", address: "::1" },
    });
  });

  it("reads both kinds of answers", () => {
    const done = { kind: "done", network: "", address: "10.0.0.5", holder: "default/web-0" };
    expect(readAdminBody(releaseAnswer, JSON.stringify(done))).toEqual({ kind: "body", body: done });
    const failed = { kind: "failed", failure: failure("AddressTaken", "10.0.0.5", "a free address") };
    expect(readAdminBody(statusAnswer, JSON.stringify(failed))).toEqual({ kind: "body", body: failed });
  });

  it.each([
    ["no JSON", "{", "a key in double quotes"],
    ["no object", "[]", "an object in braces"],
    ["no address", "{}", "a text in double quotes"],
    ["an address that is none", '{"address":"10.0.0"}', "an address such as"],
    ["a repeated key", '{"address":"10.0.0.5","address":"10.0.0.5"}', "this key once"],
    ["an unknown key", '{"address":"10.0.0.5","forced":true}', "the key force, which may be meant"],
  ])("refuses a request with %s", (_name, text, expected) => {
    expect(readAdminBody(releaseRequest, text)).toMatchObject({
      kind: "failed",
      failure: { message: expect.stringContaining(expected) },
    });
  });

  it.each([
    ["withheld without a reason", withholdRequest, { address: "::1", reason: "" }],
    ["an answer of no kind", statusAnswer, { kind: "maybe" }],
    [
      "a failure that is none of ours",
      statusAnswer,
      { kind: "failed", failure: { ...failure("NotReady", "", ""), name: "X" } },
    ],
    ["half a status", statusAnswer, { kind: "done", version: "1" }],
  ])("refuses %s", (_name, schema, body) => {
    expect(readAdminBody(schema, JSON.stringify(body)).kind).toBe("failed");
  });
});
