/**
 * What `berthctl check-config` says of definitions, whole and broken.
 *
 * @module
 */
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { createDesk } from "../desk.ts";

const desk = createDesk();
afterEach(() => desk.files.clear());
afterAll(() => desk.close());

async function check(document: unknown, ...args: readonly string[]) {
  desk.files.set("net.conf", typeof document === "string" ? document : JSON.stringify(document));
  return desk.berthctl("check-config", "net.conf", ...args);
}

const plugin = (ipam: object) => ({ cniVersion: "1.0.0", name: "blue-net", type: "bridge", ipam });
const attachment = (config: unknown) => ({
  apiVersion: "k8s.cni.cncf.io/v1",
  kind: "NetworkAttachmentDefinition",
  metadata: { name: "from-the-cluster" },
  spec: { config },
});

describe("berthctl check-config", () => {
  test("summarises a definition that is whole", async () => {
    const { code, out, err } = await check(
      plugin({
        type: "berth",
        network_name: "blue",
        ranges: [
          { range: "10.0.0.0/24", range_start: "10.0.0.10", exclude: ["10.0.0.20-10.0.0.29"], gateway: "10.0.0.1" },
          { range: "2001:db8::/64" },
        ],
        addresses: [{ address: "10.9.0.5/24", gateway: "10.9.0.1" }],
        routes: [{ dst: "0.0.0.0/0", gw: "10.0.0.1" }, { dst: "192.168.0.0/16" }],
        dns: { nameservers: ["10.0.0.1"] },
        reuse_after: "5m",
      }),
    );
    expect(out).toBe(
      [
        "Definition blue-net, ipam.type berth",
        "  cniVersion   1.0.0",
        "  network      blue",
        "  uniqueness   one holder in the network",
        "  static       asked for, one holder each",
        "  routes       0.0.0.0/0 via 10.0.0.1, 192.168.0.0/16",
        "  dns          10.0.0.1",
        "  reuse_after  300 s",
        "",
        "RANGE          FIRST        LAST                           EXCLUDED        SIZE  GATEWAY",
        "10.0.0.0/24    10.0.0.10    10.0.0.254                           10         235  10.0.0.1",
        "2001:db8::/64  2001:db8::1  2001:db8::ffff:ffff:ffff:fffe         0  ≈1.8×10^19  -",
        "",
        "STATIC ADDRESS  GATEWAY",
        "10.9.0.5/24     10.9.0.1",
        "",
      ].join("\n"),
    );
    expect({ code, err }).toEqual({ code: 0, err: "" });
  });

  test("tells all faults at once", async () => {
    const { code, out, err } = await check(plugin({ type: "berth", range: "10.0.0.0/33", netwrok_name: "blue" }));
    expect(code).toBe(1);
    expect(out).toContain('Cannot use network definition "net.conf": expected no faults, found 2 faults\n');
    expect(out).toMatch(/^ {2}ipam\.netwrok_name: expected /m);
    expect(out).toMatch(/^ {2}ipam\.range: expected .* instead of "10\.0\.0\.0\/33"$/m);
    expect(err).toContain("docs/configuration.md");
  });

  test("tells warnings of a drop-in name, which an ADD passes over", async () => {
    const { code, out } = await check(plugin({ type: "whereabouts", range: "10.0.0.0/24", log_file: "/x", colour: 1 }));
    expect(code).toBe(0);
    expect(out).toMatch(/^2 warnings, passed over by an ADD:$/m);
    expect(out).toMatch(/^ {2}ipam\.log_file: expected /m);
  });

  test("tells ranges of the definition that share addresses", async () => {
    const { code, out } = await check(
      plugin({
        type: "berth",
        ranges: [{ range: "10.0.0.0/24" }, { range: "10.0.0.128/25" }, { range: "10.1.0.0/24" }],
      }),
    );
    expect(out).toContain("\nRanges 10.0.0.0/24 and 10.0.0.128/25 share addresses from 10.0.0.129 to 10.0.0.254\n");
    expect(out.match(/share addresses/g)).toHaveLength(1);
    expect(code).toBe(0);
  });

  test("counts overlaps of a definition that has too many to read", async () => {
    const ranges = Array.from({ length: 40 }, () => ({ range: "10.0.0.0/24" }));
    const { out } = await check({ ...plugin({ type: "berth", ranges }), cniVersion: "1.0.0" });
    expect(out.match(/ share addresses from /g)).toHaveLength(20);
    expect(out).toContain("\n… and more ranges that share addresses\n");
  });

  test("reads the plugin of a list that is ours", async () => {
    const list = {
      cniVersion: "1.0.0",
      name: "list",
      plugins: [{ type: "tuning" }, plugin({ type: "berth", range: "10.0.0.0/24" })],
    };
    expect((await check(list)).out).toContain("Definition list, ipam.type berth\n");
  });

  test("reads spec.config of a NetworkAttachmentDefinition, and names it as Multus does", async () => {
    const { name: _, ...nameless } = plugin({ type: "berth", range: "10.0.0.0/24" });
    const { code, out } = await check(attachment(JSON.stringify(nameless)));
    expect(code).toBe(0);
    expect(out).toContain("Definition from-the-cluster, ipam.type berth\n");
    expect(out).toContain('  (read from spec.config of NetworkAttachmentDefinition "from-the-cluster")\n');
    expect(out).toContain("  (its name is that of the object, as Multus sets it)\n");
    const named = await check(attachment(JSON.stringify(plugin({ type: "berth", range: "10.0.0.0/24" }))));
    expect(named.out).toContain("Definition blue-net, ");
  });

  test.for([
    {
      name: "YAML",
      text: "apiVersion: k8s.cni.cncf.io/v1\nkind: X\n",
      code: 2,
      says: "expected JSON, found YAML\n  run: kubectl get",
    },
    {
      name: "an object without spec.config",
      text: JSON.stringify(attachment(undefined)),
      code: 2,
      says: "with a text in spec.config",
    },
    {
      name: "an object with broken JSON inside",
      text: JSON.stringify(attachment("{")),
      code: 1,
      says: "expected a key in double quotes at line 1",
    },
    { name: "an empty file", text: "", code: 1, says: "the document: expected a JSON value at line 1, column 1" },
    { name: "half a document", text: '{"name":"x"', code: 1, says: 'expected "," or "}" at line 1' },
    { name: "a list", text: "[]", code: 1, says: "the document: expected a network configuration" },
    {
      name: "a hostile value",
      text: '{"name":"\\u001b[31m\\n","ipam":{"type":"berth"}}',
      code: 1,
      says: "\\u001b[31m",
    },
    {
      name: "too long a document",
      text: `"${"x".repeat(1_048_600)}"`,
      code: 1,
      says: "expected at most 1048576 characters",
    },
  ])("says what is wrong with $name", async ({ text, code, says }) => {
    const told = await check(text);
    expect(`${told.out}${told.err}`).toContain(says);
    expect(`${told.out}${told.err}`).not.toContain("\u001b");
    expect(told.code).toBe(code);
  });

  test("says that a file cannot be read", async () => {
    expect(await desk.berthctl("check-config", "none.conf")).toEqual({
      code: 2,
      out: "",
      err: 'Cannot read network definition "none.conf": expected a file that can be read, found no such file\n  look at it: ls -l none.conf\n',
    });
  });

  test("uses the flat file of this machine for type whereabouts, or the one it is given", async () => {
    const document = plugin({ type: "whereabouts" });
    desk.files.set("/etc/cni/net.d/whereabouts.d/whereabouts.conf", '{"range":"10.1.0.0/24"}');
    const own = await check(document);
    expect(own.out).toContain("  (with the flat file /etc/cni/net.d/whereabouts.d/whereabouts.conf)\n");
    expect(own.out).toContain("10.1.0.0/24  ");
    desk.files.set("other.conf", '{"range":"10.2.0.0/24"}');
    expect((await check(document, "--flat", "other.conf")).out).toContain("10.2.0.0/24  ");
    const missing = await check(document, "--flat", "none.conf");
    expect(missing.code).toBe(2);
    expect(missing.err).toContain('Cannot read flat file "none.conf": ');
  });

  test("prints JSON for both answers", async () => {
    const good = await check(plugin({ type: "berth", range: "10.0.0.0/24" }), "--json");
    expect(JSON.parse(good.out)).toMatchObject({
      valid: true,
      name: "blue-net",
      ranges: [{ range: "10.0.0.0/24", size: 254, gateway: null }],
      warnings: [],
      flatFile: null,
    });
    const bad = await check(plugin({ type: "berth", range: "x" }), "--json");
    expect(JSON.parse(bad.out)).toMatchObject({ valid: false, faults: [{ path: "ipam.range", value: "x" }] });
    expect(bad.code).toBe(1);
  });
});
