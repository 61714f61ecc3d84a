/**
 * Hostile text: the entrances answer with a value, in bounded words, whatever comes.
 *
 * @module
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readAnswerVersion, readDefinitionName } from "../../core/cni/config-head.ts";
import { formatFailure } from "../../core/cni/format-result.ts";
import { type CallInput, parseCall } from "../../core/cni/parse-call.ts";
import { readPrevResult } from "../../core/cni/prev-result.ts";
import { readValidAttachments } from "../../core/cni/valid-attachments.ts";
import { faultsMax } from "../../core/config/fault-list.ts";
import { faultsToFailure } from "../../core/config/faults-text.ts";
import { flatPaths } from "../../core/config/flat-paths.ts";
import { parseJson } from "../../core/config/json.ts";
import { loadDefinition } from "../../core/config/load.ts";

const runs = { numRuns: 1500, seed: 20_261_121 };

const documents = [
  {
    type: "berth",
    range: "10.0.0.0/24",
    exclude: ["10.0.0.1", "10.0.0.4-10.0.0.9"],
    gateway: ["10.0.0.1"],
    reuse_after: "5m",
  },
  {
    type: "berth",
    ranges: [{ range: "2001:db8::/64", gateway: "2001:db8::1" }],
    addresses: [{ address: "10.0.0.5/24" }],
    unique: false,
  },
  {
    type: "whereabouts",
    range: "10.0.0.5-10.0.0.9/24",
    ipRanges: [{ range: "10.1.0.0/24", range_start: "10.1.0.9" }],
    network_name: "n",
  },
  {
    type: "static",
    addresses: [{ address: "10.0.0.5/24", gateway: "10.0.0.1" }],
    routes: [{ dst: "0.0.0.0/0" }],
    dns: {},
  },
  { type: "dhcp" },
].map((ipam) => ({
  cniVersion: "1.0.0",
  name: "net",
  ipam,
  runtimeConfig: { ips: ["10.0.0.5/24"] },
  args: { cni: { ips: ["10.0.0.6"] } },
  prevResult: { ips: [{ address: "10.0.0.5/24", gateway: "10.0.0.1" }] },
  "cni.dev/valid-attachments": [{ containerID: "c", ifname: "eth0" }],
}));

/** Any JSON, also in the places of ours. */
const odd = fc.jsonValue({ maxDepth: 3 });
const key = fc.constantFrom(
  "type",
  "range",
  "Range",
  "ranges",
  "ipRanges",
  "exclude",
  "gateway",
  "addresses",
  "routes",
  "dns",
  "dhcp",
  "name",
  "__proto__",
  "constructor",
);
const ipam = fc
  .dictionary(fc.oneof(key, fc.string()), odd)
  .chain((rest) => fc.constantFrom("berth", "whereabouts", "static", "dhcp", "x").map((type) => ({ ...rest, type })));
const built = fc
  .record({ name: fc.oneof(fc.constant("net"), odd), cniVersion: fc.oneof(fc.constant("1.0.0"), odd), ipam })
  .map((one) => JSON.stringify(one));

/** A valid document with one thing done to its text. */
const mutated = fc
  .record({
    document: fc.constantFrom(...documents),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    how: fc.constantFrom("cut", "flip", "double", "drop"),
    char: fc.string({ minLength: 1, maxLength: 2 }),
  })
  .map(({ document, at, how, char }) => {
    const text = JSON.stringify(document);
    const place = Math.floor(at * text.length);
    if (how === "cut") return text.slice(0, place);
    if (how === "flip") return text.slice(0, place) + char + text.slice(place + 1);
    if (how === "drop") return text.slice(0, place) + text.slice(place + 1);
    return text.slice(0, place) + text.slice(Math.max(0, place - 12));
  });

const text = fc.oneof(mutated, built, fc.json(), fc.string());

function tryAll(input: string): void {
  const loaded = loadDefinition(input, { path: "/flat", text: input });
  if (loaded.kind === "faults") {
    expect(loaded.faults.length).toBeGreaterThan(0);
    expect(loaded.faults.length).toBeLessThanOrEqual(faultsMax);
    const failure = faultsToFailure(loaded.faults, { definition: "net" });
    expect(failure.message.length + failure.details.length).toBeLessThan(20_000);
    expect(formatFailure(failure, readAnswerVersion(input))).not.toMatch(/[\n\r]/);
  } else {
    expect(loaded.definition.ranges.every(({ range }) => range.first.value <= range.last.value)).toBe(true);
  }
  flatPaths(input);
  readPrevResult(input);
  readValidAttachments(input);
}

describe("the entrances for network configurations", () => {
  it("answer whatever comes", () => {
    fc.assert(fc.property(text, tryAll), runs);
  });

  it("read JSON just where JSON.parse does", () => {
    fc.assert(
      fc.property(text, (input) => {
        const read = parseJson(input);
        let known: unknown;
        try {
          known = JSON.parse(input);
        } catch {
          expect(read.kind).toBe("unreadable");
          return;
        }
        expect(read).toMatchObject({ kind: "json" });
        expect(read.kind === "json" && read.value).toEqual(known);
      }),
      runs,
    );
  });

  it.each([
    ["nesting", `{"name":"n","ipam":${'{"ipam":'.repeat(100_000)}`],
    ["nesting of lists", `{"name":"n","ipam":{"type":"berth","exclude":${"[".repeat(500_000)}`],
    [
      "10,000 ranges",
      JSON.stringify({
        name: "n",
        ipam: { type: "berth", ranges: Array.from({ length: 10_000 }, () => ({ range: "x" })) },
      }),
    ],
    [
      "10,000 empty ranges",
      JSON.stringify({
        name: "n",
        ipam: { type: "whereabouts", ipRanges: Array.from({ length: 10_000 }, () => ({})) },
      }),
    ],
    [
      "100,000 wrong exclusions",
      JSON.stringify({
        name: "n",
        ipam: { type: "berth", range: "::/0", exclude: Array.from({ length: 100_000 }, () => 1) },
      }),
    ],
    [
      "100,000 unknown keys",
      `{"name":"n","ipam":{"type":"berth"${Array.from({ length: 100_000 }, (_, i) => `,"${i}":1`).join("")}}}`,
    ],
    ["100,000 repeats of one key", `{"name":"n","ipam":{"type":"berth"${',"a":1'.repeat(100_000)}}}`],
    ["one long text", JSON.stringify({ name: "n", ipam: { type: "berth", range: "1.".repeat(500_000) } })],
    [
      "a long list of dots and colons",
      JSON.stringify({ name: "n", ipam: { type: "berth", range: ":".repeat(900_000) } }),
    ],
    ["more than a mebibyte", JSON.stringify({ name: "n".repeat(2_000_000), ipam: documents[0]?.ipam })],
  ])(
    "bound the work for %s",
    (_name, input) => {
      tryAll(input);
    },
    10_000,
  );
});

describe("parseCall()", () => {
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("", "ADD", "c1", "net1", "/run/netns/x", "IgnoreUnknown=1;IP=10.0.0.5,::1/64", "IP=x", "a=b;c"),
  );
  const command = fc.oneof(fc.constantFrom("ADD", "DEL", "CHECK", "GC", "STATUS", "VERSION"), value);
  const env = fc.record(
    { CNI_COMMAND: command, CNI_CONTAINERID: value, CNI_IFNAME: value, CNI_NETNS: value, CNI_ARGS: value },
    { requiredKeys: ["CNI_COMMAND"] },
  );

  it("answers whatever comes, and never fails a DEL or GC for what stands on standard input", () => {
    const launch = { started: { bootId: "b", bootNs: 0n }, budgetMs: 1 };
    fc.assert(
      fc.property(env, text, (variables, stdin) => {
        const input: CallInput = { env: new Map(Object.entries(variables)), stdin, launch };
        const parsed = parseCall(input);
        if (parsed.kind === "failure") expect(JSON.stringify(parsed.failure).length).toBeLessThan(5_000);
        const good: CallInput = {
          ...input,
          env: new Map([
            ["CNI_COMMAND", "DEL"],
            ["CNI_CONTAINERID", "c"],
            ["CNI_IFNAME", "i"],
            ["CNI_ARGS", variables.CNI_ARGS ?? ""],
          ]),
        };
        expect(parseCall(good).kind).toBe("call");
        expect(parseCall({ ...good, env: new Map([["CNI_COMMAND", "GC"]]) }).kind).toBe("call");
        expect(readDefinitionName(stdin) ?? "x").toMatch(/^[A-Za-z0-9]/);
      }),
      runs,
    );
  });
});
