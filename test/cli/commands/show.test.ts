/**
 * All that `berthctl show` can say of an address.
 *
 * @module
 */
import { afterEach, describe, expect, test } from "vitest";
import { address } from "../../support/samples.ts";
import { berthConfig } from "../../support/world.ts";
import { createDesk, machineLine, type OpenDesk } from "../desk.ts";

let desk: OpenDesk;
afterEach(() => desk.close());

const pod = { namespace: "default", name: "web-0", uid: "uid-1" };
const attempt = /attempt {5}\S+/;

describe("berthctl show", () => {
  test("tells everything about a holder", async () => {
    desk = createDesk();
    await desk.agent.add({ pod });
    await desk.agent.clock.advance(3 * 86_400_000);
    const { code, out } = await desk.berthctl("show", "10.0.0.1");
    expect(out.replace(attempt, "attempt     (id)")).toBe(
      [
        "10.0.0.1 in network blue",
        "  held by     pod default/web-0 (uid uid-1)",
        "  state       lease",
        "  since       2023-11-14T23:13:20Z (3 days ago)",
        "  answered    2023-11-14T23:13:20Z",
        "  container   c1",
        "  interface   net1",
        "  definition  blue-net",
        "  node        node-1",
        "  namespace   /run/netns/a: stands",
        "  attempt     (id)",
        "  range       10.0.0.0/29 of definition blue-net",
        "",
      ].join("\n"),
    );
    expect(code).toBe(0);
  });

  test.for([
    { name: "has gone", end: (names: Map<string, string>) => names.delete("/run/netns/a"), shown: "has gone" },
    {
      name: "is another by now",
      end: (names: Map<string, string>) => names.set("/run/netns/a", "9"),
      shown: "has gone (another namespace)",
    },
    {
      name: "cannot be told",
      end: (names: Map<string, string>) => names.set("/run/netns/a", "file"),
      shown: "not known (the path is no network namespace): the address is kept",
    },
  ])("says when the namespace $name", async ({ end, shown }) => {
    desk = createDesk();
    await desk.agent.add();
    end(desk.agent.namespaces);
    expect((await desk.berthctl("show", "10.0.0.1")).out).toContain(`namespace   /run/netns/a: ${shown}`);
  });

  test("says when the lease is of an earlier boot", async () => {
    desk = createDesk();
    await desk.agent.add();
    const { out } = await desk.with({ bootId: "boot-2" }).berthctl("show", "10.0.0.1");
    expect(out).toContain("namespace   /run/netns/a: ended with an earlier boot: kept for its pod, then swept\n");
  });

  test("shows each network that holds it, and --network keeps to one", async () => {
    desk = createDesk();
    await desk.agent.add();
    await desk.agent.add({ containerId: "c2", config: berthConfig({ network_name: "red" }, "red-net") });
    const both = await desk.berthctl("show", "10.0.0.1");
    expect(both.out.match(/^10\.0\.0\.1 in network \S+$/gm)).toEqual([
      "10.0.0.1 in network blue",
      "10.0.0.1 in network red",
    ]);
    const one = await desk.berthctl("show", "10.0.0.1", "--network", "red");
    expect(one.out.match(/^10\.0\.0\.1 in network \S+$/gm)).toEqual(["10.0.0.1 in network red"]);
  });

  test.for([
    { name: "free", at: "10.0.0.3", line: "  range    10.0.0.0/29 of definition blue-net: free to be given" },
    { name: "excluded", at: "10.0.0.5", line: "  range    10.0.0.0/29 of definition blue-net: excluded, never given" },
    {
      name: "a gateway",
      at: "10.0.0.6",
      line: "  range    10.0.0.0/29 of definition blue-net: its gateway, never given",
    },
  ])("tells an address that nobody holds and that is $name", async ({ at, line }) => {
    desk = createDesk();
    const ranges = [{ range: "10.0.0.0/29", exclude: ["10.0.0.5"], gateway: "10.0.0.6" }];
    await desk.agent.add({ config: berthConfig({ ranges }) });
    const { code, out } = await desk.berthctl("show", at);
    expect(out).toBe(`${at} in network blue\n  held by  nobody\n${line}\n`);
    expect(code).toBe(1);
  });

  test("tells an address that rests", async () => {
    desk = createDesk();
    await desk.agent.add({ config: berthConfig({ reuse_after: "1h" }) });
    await desk.agent.del();
    const { code, out } = await desk.berthctl("show", "10.0.0.1");
    expect(out).toContain("  resting  until 2023-11-15T00:13:20Z (reuse_after)\n");
    expect(code).toBe(1);
    await desk.agent.clock.advance(3_600_001);
    expect((await desk.berthctl("show", "10.0.0.1")).out).not.toContain("resting");
  });

  test("tells a withheld address and why", async () => {
    desk = createDesk();
    await desk.agent.add();
    await desk.agent.flow.withhold({ network: "blue", address: address("10.0.0.3"), reason: "printer" });
    const { code, out } = await desk.berthctl("show", "10.0.0.3");
    expect(out).toContain("  held by  nobody: withheld by an operator\n  reason   printer\n");
    expect(code).toBe(0);
  });

  test("refuses an address that nothing here knows", async () => {
    desk = createDesk();
    expect(await desk.berthctl("show", "10.9.9.9")).toEqual({
      code: 1,
      out: "",
      err: `Cannot find address "10.9.9.9": expected an address that is held, or that a range contains\n  run: berthctl networks\n${machineLine(desk)}`,
    });
  });

  test.for(["10.0.0.300", "", "10.0.0.1/24", "web-0", "10.0.0.1\n10.0.0.2"])(
    "refuses %j, which is no address",
    async (text) => {
      desk = createDesk();
      const { code, err } = await desk.berthctl("show", "--", text);
      expect(code).toBe(2);
      expect(err).toContain(": expected an address such as 10.0.0.5 or 2001:db8::5\n");
      expect(err.split("\n")).toHaveLength(3);
    },
  );

  test("accepts any spelling of an address", async () => {
    desk = createDesk();
    await desk.agent.add({ config: berthConfig({ ranges: [{ range: "2001:db8::/64" }] }) });
    expect((await desk.berthctl("show", "2001:0DB8:0:0::0001")).out).toContain("2001:db8::1 in network blue\n");
  });

  test("prints JSON with what the namespace is now", async () => {
    desk = createDesk();
    await desk.agent.add({ pod });
    desk.agent.namespaces.clear();
    const { out } = await desk.berthctl("show", "10.0.0.1", "--json");
    expect(JSON.parse(out)).toMatchObject({
      address: "10.0.0.1",
      networks: [
        {
          network: "blue",
          holders: [{ pod, namespaceNow: "gone" }],
          ranges: [{ range: "10.0.0.0/29", definition: "blue-net", role: "givable" }],
          restingUntil: null,
        },
      ],
    });
  });
});
