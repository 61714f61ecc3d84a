/**
 * The answer on the wire, whole and in parts.
 *
 * @module
 */
import { test as property, fc } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { decodeAnswer, encodeAnswer } from "../../../core/wire/answer.ts";
import { answerBytesMax } from "../../../core/wire/protocol.ts";

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

describe("decodeAnswer()", () => {
  it.each([
    { name: "an ADD's result", command: "ADD", text: '0\n{"ips":[]}\n', status: 0, stdout: '{"ips":[]}\n' },
    { name: "an error", command: "ADD", text: '1\n{"code":11}\n', status: 1, stdout: '{"code":11}\n' },
    { name: "a DEL that succeeded", command: "DEL", text: "0\n", status: 0, stdout: "" },
    { name: "a CHECK that succeeded", command: "CHECK", text: "0\n", status: 0, stdout: "" },
    { name: "the greatest status", command: "DEL", text: "255\nx\n", status: 255, stdout: "x\n" },
  ])("takes $name", ({ command, text, status, stdout }) => {
    expect(decodeAnswer(bytes(text), command)).toEqual({ kind: "answer", status, stdout: bytes(stdout) });
  });

  it.each([
    { name: "nothing", command: "DEL", text: "" },
    { name: "a status without its end", command: "DEL", text: "0" },
    { name: "an empty status", command: "DEL", text: "\n" },
    { name: "a status that is no number", command: "DEL", text: "ok\n" },
    { name: "a sign", command: "DEL", text: "+1\nx\n" },
    { name: "four digits", command: "DEL", text: "0000\n" },
    { name: "a status over 255", command: "DEL", text: "256\nx\n" },
    { name: "output without its end", command: "ADD", text: '0\n{"ips":[' },
    { name: "an ADD without a result", command: "ADD", text: "0\n" },
    { name: "an error without its message", command: "DEL", text: "1\n" },
  ])("takes $name for half an answer", ({ command, text }) => {
    expect(decodeAnswer(bytes(text), command)).toEqual({ kind: "half" });
  });

  it("takes an answer of the limit and none that is longer", () => {
    const answer = (length: number): Uint8Array => bytes(`0\n${"x".repeat(length - 3)}\n`);
    expect(decodeAnswer(answer(answerBytesMax), "ADD").kind).toBe("answer");
    expect(decodeAnswer(answer(answerBytesMax + 1), "ADD").kind).toBe("half");
  });

  const line = fc.string({ minLength: 1 }).filter((text) => !text.includes("\n"));
  property.prop([fc.nat({ max: 255 }), line])("takes every answer whole and none of its beginnings", (status, text) => {
    const encoded = encodeAnswer(status, `${text}\n`);
    expect(decodeAnswer(encoded, "ADD")).toEqual({ kind: "answer", status, stdout: bytes(`${text}\n`) });
    for (let length = 0; length < encoded.length; length += 1) {
      expect(decodeAnswer(encoded.subarray(0, length), "ADD").kind).toBe("half");
    }
  });
});

describe("encodeAnswer()", () => {
  it.each([
    { name: "two lines", status: 0, stdout: "a\nb\n" },
    { name: "a line without its end", status: 0, stdout: "a" },
    { name: "an error without a message", status: 1, stdout: "" },
    { name: "a status over 255", status: 256, stdout: "a\n" },
    { name: "a broken status", status: 0.5, stdout: "a\n" },
  ])("refuses $name", ({ status, stdout }) => {
    expect(() => encodeAnswer(status, stdout)).toThrow(RangeError);
  });
});
