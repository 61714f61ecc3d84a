/**
 * The request on the wire, whole, in parts and malformed.
 *
 * @module
 */
import { test as property, fc } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { headerBytesMax, stdinBytesMax } from "../../../core/wire/protocol.ts";
import { decodeRequest, encodeRequest } from "../../../core/wire/request.ts";

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const raw = (latin1: string): Uint8Array => new Uint8Array(Buffer.from(latin1, "latin1"));

const numbers = "BERTH_PROTOCOL=1\0BERTH_STARTED=5\0BERTH_BUDGET=27000\0BERTH_STDIN=2\0";

describe("encodeRequest()", () => {
  it("writes our four numbers, the variables as they are, NUL, and standard input", () => {
    const encoded = encodeRequest({
      started: 5n,
      budgetMs: 27_000,
      variables: [bytes("CNI_COMMAND=ADD"), bytes("CNI_ARGS=a\nb=c")],
      stdin: bytes("{}"),
    });
    expect(Buffer.from(encoded).toString()).toBe(`${numbers}CNI_COMMAND=ADD\0CNI_ARGS=a\nb=c\0\0{}`);
  });
});

describe("decodeRequest()", () => {
  it("gives back what was sent", () => {
    const decoded = decodeRequest(bytes(`${numbers}CNI_COMMAND=ADD\0CNI_ARGS=A=1;B=2\nü\0CNI_EMPTY=\0\0{}`));
    expect(decoded).toEqual({
      kind: "request",
      request: {
        protocol: 1,
        started: 5n,
        budgetMs: 27_000,
        env: new Map([
          ["CNI_COMMAND", "ADD"],
          ["CNI_ARGS", "A=1;B=2\nü"],
          ["CNI_EMPTY", ""],
        ]),
        stdin: bytes("{}"),
      },
    });
  });

  const whole = bytes(`${numbers}CNI_COMMAND=DEL\0\0{}`);
  it.each(Array.from({ length: whole.length }, (_, length) => ({ length })))(
    "asks for more after $length bytes",
    ({ length }) => {
      expect(decodeRequest(whole.subarray(0, length))).toEqual({ kind: "more" });
    },
  );

  it("takes the first of two variables of one name, as getenv does", () => {
    const decoded = decodeRequest(bytes(`${numbers}CNI_IFNAME=eth0\0CNI_IFNAME=eth1\0\0{}`));
    expect(decoded.kind === "request" && decoded.request.env.get("CNI_IFNAME")).toBe("eth0");
  });

  it("decodes a protocol it does not know, so that the agent can say so", () => {
    const decoded = decodeRequest(
      bytes("BERTH_PROTOCOL=7\0BERTH_NEW=x\0BERTH_STARTED=1\0BERTH_BUDGET=1\0BERTH_STDIN=0\0\0"),
    );
    expect(decoded.kind === "request" && decoded.request.protocol).toBe(7);
  });

  it.each([
    { name: "a stranger's variable", header: `${numbers}PATH=/bin\0\0{}`, reason: "NAME=value strings in the header" },
    { name: "a string without =", header: `${numbers}CNI_COMMAND\0\0{}`, reason: "NAME=value strings in the header" },
    { name: "nothing at all", header: "\0", reason: "BERTH_PROTOCOL as the first of the header" },
    {
      name: "another order",
      header: "BERTH_STARTED=5\0BERTH_PROTOCOL=1\0\0",
      reason: "BERTH_PROTOCOL as the first of the header",
    },
    { name: "HTTP", header: "GET / HTTP/1.1\r\n\r\n\0", reason: "NAME=value strings in the header" },
    {
      name: "a protocol that is no number",
      header: numbers.replace("=1\0", "=x\0").concat("\0{}"),
      reason: "a number once in BERTH_PROTOCOL",
    },
    {
      name: "a start with a sign",
      header: numbers.replace("=5", "=-5").concat("\0{}"),
      reason: "nanoseconds once in BERTH_STARTED",
    },
    {
      name: "a start in hexadecimal",
      header: numbers.replace("=5", "=0x5").concat("\0{}"),
      reason: "nanoseconds once in BERTH_STARTED",
    },
    {
      name: "a start of 20 digits",
      header: numbers.replace("=5", `=${"9".repeat(20)}`).concat("\0{}"),
      reason: "nanoseconds once in BERTH_STARTED",
    },
    {
      name: "no start",
      header: numbers.replace("BERTH_STARTED=5\0", "").concat("\0{}"),
      reason: "nanoseconds once in BERTH_STARTED",
    },
    {
      name: "an empty budget",
      header: numbers.replace("=27000", "=").concat("\0{}"),
      reason: "milliseconds once in BERTH_BUDGET",
    },
    { name: "two lengths", header: `${numbers}BERTH_STDIN=3\0\0{}`, reason: "bytes once in BERTH_STDIN" },
    {
      name: "a leading zero",
      header: numbers.replace("STDIN=2", "STDIN=02").concat("\0{}"),
      reason: "bytes once in BERTH_STDIN",
    },
    { name: "bytes after standard input", header: `${numbers}\0{}x`, reason: "nothing after standard input" },
  ])("refuses $name", ({ header, reason }) => {
    expect(decodeRequest(bytes(header))).toEqual({ kind: "malformed", reason });
  });

  it.each([
    { name: "of an ADD's arguments", header: "CNI_COMMAND=ADD\0CNI_ARGS=\xff\0\0{}", variable: "CNI_ARGS" },
    {
      name: "of a DEL's container id",
      header: "CNI_COMMAND=DEL\0CNI_CONTAINERID=\xff\0\0{}",
      variable: "CNI_CONTAINERID",
    },
    { name: "of the command", header: "CNI_COMMAND=\xff\0\0{}", variable: "CNI_COMMAND" },
  ])("refuses bytes $name that are not UTF-8, naming the variable", ({ header, variable }) => {
    expect(decodeRequest(raw(numbers + header))).toEqual({ kind: "malformed", reason: `UTF-8 in ${variable}` });
  });

  it("leaves out what a DEL does not need and cannot be read", () => {
    const decoded = decodeRequest(raw(`${numbers}CNI_COMMAND=DEL\0CNI_ARGS=\xff\0CNI_PATH=\xfe\0CNI_\xff=1\0\0{}`));
    expect(decoded.kind).toBe("request");
    expect(decoded.kind === "request" && decoded.request.env.has("CNI_ARGS")).toBe(false);
  });

  it("takes standard input of the limit and refuses one byte more before it has come", () => {
    const header = (length: number): Uint8Array => bytes(`${numbers.replace("STDIN=2", `STDIN=${length}`)}\0`);
    expect(decodeRequest(header(stdinBytesMax)).kind).toBe("more");
    expect(decodeRequest(header(stdinBytesMax + 1))).toEqual({
      kind: "too-large",
      reason: "standard input of at most 1048576 bytes",
    });
  });

  it("refuses a header that does not end, whether or not its strings end", () => {
    const tooLarge = { kind: "too-large", reason: "a header of at most 262144 bytes" };
    expect(decodeRequest(bytes(`CNI_ARGS=${"a".repeat(headerBytesMax)}`))).toEqual(tooLarge);
    expect(decodeRequest(bytes("CNI_A=1\0".repeat(headerBytesMax / 8 + 1)))).toEqual(tooLarge);
    expect(decodeRequest(bytes(`${numbers}CNI_ARGS=${"a".repeat(131_072)}\0\0{}`)).kind).toBe("request");
  });

  const value = fc.uint8Array({ maxLength: 40 }).map((some) => some.map((byte) => (byte === 0 ? 1 : byte)));
  property.prop([
    fc.bigInt({ min: 0n, max: 2n ** 62n }),
    fc.nat({ max: 999_999_999 }),
    fc.array(value, { maxLength: 6 }),
    fc.uint8Array({ maxLength: 200 }),
  ])(
    "keeps every number, every variable of a DEL that is UTF-8, and every byte of standard input",
    (started, budgetMs, values, stdin) => {
      const variables = values.map(
        (some, index) => new Uint8Array(Buffer.concat([Buffer.from(`CNI_X${index}=`), some])),
      );
      const decoded = decodeRequest(
        encodeRequest({ started, budgetMs, variables: [bytes("CNI_COMMAND=DEL"), ...variables], stdin }),
      );
      if (decoded.kind !== "request") throw new Error(`decoded as ${decoded.kind}`);
      expect(decoded.request).toMatchObject({ protocol: 1, started, budgetMs });
      expect(Buffer.from(decoded.request.stdin).equals(Buffer.from(stdin))).toBe(true);
      for (const [index, some] of values.entries()) {
        const read = decoded.request.env.get(`CNI_X${index}`);
        if (read !== undefined) expect(Buffer.from(read).equals(Buffer.from(some))).toBe(true);
        else expect(() => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(some)).toThrow(TypeError);
      }
    },
  );

  property.prop([fc.uint8Array({ maxLength: 300 })])("never throws, whatever comes", (some) => {
    expect(["more", "malformed", "too-large"]).toContain(decodeRequest(some).kind);
  });
});
