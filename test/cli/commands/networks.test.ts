/**
 * The table of `berthctl networks`, written out by hand.
 *
 * @module
 */
import { afterEach, describe, expect, test } from "vitest";
import { berthConfig } from "../../support/world.ts";
import { createDesk, machineLine, type OpenDesk } from "../desk.ts";

let desk: OpenDesk;
afterEach(() => desk.close());

const wide = { ranges: [{ range: "10.0.0.0/24", exclude: ["10.0.0.10-10.0.0.19"], gateway: "10.0.0.1" }] };

describe("berthctl networks", () => {
  test("shows every range of every definition, in a table with aligned numbers", async () => {
    desk = createDesk();
    await desk.agent.add({ config: berthConfig(wide) });
    await desk.agent.add({ containerId: "c2", config: berthConfig(wide) });
    const red = { network_name: "red", ranges: [{ range: "2001:db8::/64" }, { range: "10.0.0.5-10.0.0.5/30" }] };
    await desk.agent.add({ containerId: "c3", config: berthConfig(red, "red-net") });
    await desk.berthctl("withhold", "10.0.0.200", "--reason", "printer");
    expect((await desk.berthctl("networks")).out).toBe(
      [
        "NETWORK  DEFINITION  RANGE                          USED        FREE  EXCLUDED  WITHHELD       TOTAL  FILL",
        "blue     blue-net    10.0.0.0/24                       3         240        11         1         254    1%",
        "red      red-net     10.0.0.4/30 10.0.0.5-10.0.0.5     1           0         0         0           1  100%",
        "red      red-net     2001:db8::/64                     1  ≈1.8×10^19         0         0  ≈1.8×10^19   <1%",
        "",
      ].join("\n"),
    );
  });

  test("prints exact numbers as JSON", async () => {
    desk = createDesk();
    await desk.agent.add({ config: berthConfig({ ranges: [{ range: "2001:db8::/64" }] }) });
    const { code, out } = await desk.berthctl("networks", "--json");
    expect(code).toBe(0);
    expect(out).toContain('"free": 18446744073709551613,');
    expect(out).toContain('"total": 18446744073709551614,');
    expect(JSON.parse(out)).toEqual({
      store: "embedded",
      ranges: [
        {
          network: "blue",
          definition: "blue-net",
          range: "2001:db8::/64",
          first: "2001:db8::1",
          last: "2001:db8::ffff:ffff:ffff:fffe",
          gateway: null,
          overlappingRanges: true,
          used: 1,
          free: 2 ** 64,
          excluded: 0,
          withheld: 0,
          total: 2 ** 64,
          lastUsed: "2023-11-14T23:13:20Z",
        },
      ],
    });
  });

  test("says so when no definition was used yet", async () => {
    desk = createDesk();
    expect(await desk.berthctl("networks")).toEqual({
      code: 0,
      out: "",
      err: `No definition with a range was used on this node yet\n${machineLine(desk)}`,
    });
  });

  describe("of definitions that were not used for 7 days", () => {
    const day = 24 * 3_600_000;
    const names = (out: string) =>
      out
        .trimEnd()
        .split("\n")
        .slice(1)
        .map((line) => line.split(/\s+/)[1]);

    /** Both were used at first, blue-net holds still, and red-net is used by nobody. */
    async function afterDays(ms: number): Promise<void> {
      desk = createDesk();
      await desk.agent.add();
      const red = { containerId: "c2", config: berthConfig({ network_name: "red" }, "red-net") };
      await desk.agent.add(red);
      await desk.agent.del({ containerId: "c2", definition: "red-net" });
      await desk.agent.clock.advance(ms);
    }

    test("leaves out those of which nothing is held, and says how many", async () => {
      await afterDays(7 * day + 60_000);
      const { code, out, err } = await desk.berthctl("networks");
      expect(code).toBe(0);
      expect(names(out)).toEqual(["blue-net"]);
      expect(err).toBe(`(1 range left out: not used for 7 days, nothing held; --all has all)\n${machineLine(desk)}`);
    });

    test("shows all of them with --all, and in JSON", async () => {
      await afterDays(7 * day + 60_000);
      const { out, err } = await desk.berthctl("networks", "--all");
      expect(names(out)).toEqual(["blue-net", "red-net"]);
      expect(err).toBe(machineLine(desk));
      const json = await desk.berthctl("networks", "--json");
      expect((JSON.parse(json.out) as { ranges: object[] }).ranges).toHaveLength(2);
      expect(json.err).toBe(machineLine(desk));
    });

    test("shows what was used a day less ago", async () => {
      await afterDays(6 * day);
      const { out, err } = await desk.berthctl("networks");
      expect(names(out)).toEqual(["blue-net", "red-net"]);
      expect(err).toBe(machineLine(desk));
    });

    test("takes no lease of another network for theirs", async () => {
      await afterDays(7 * day + 60_000);
      await desk.agent.add({ containerId: "c3", config: berthConfig({}, "red-net") });
      expect((await desk.berthctl("networks")).err).toContain("1 range left out");
    });
  });

  test("leaves the least important columns out on a narrow terminal, and says which", async () => {
    desk = createDesk();
    await desk.agent.add();
    const { out, err } = await desk.with({ columns: 60 }).berthctl("networks");
    expect(out).toBe(
      "NETWORK  DEFINITION  RANGE        USED  FREE  WITHHELD  FILL\nblue     blue-net    10.0.0.0/29     1     5         0   16%\n",
    );
    expect(err).toBe(`(no room for EXCLUDED, TOTAL; --json has all)\n${machineLine(desk)}`);
  });

  test("shows at 80 columns what is withheld, however long the names are", async () => {
    desk = createDesk();
    await desk.agent.add({
      config: berthConfig({ network_name: "a-network-with-a-name" }, "a-definition-of-some-length"),
    });
    const { out } = await desk.with({ columns: 80 }).berthctl("networks");
    const [titles = ""] = out.split("\n");
    expect(titles.split(/ +/)).toEqual(["NETWORK", "DEFINITION", "RANGE", "USED", "FREE", "WITHHELD", "TOTAL", "FILL"]);
  });

  test("paints a full range on a terminal with colours only", async () => {
    desk = createDesk();
    await desk.agent.add({ config: berthConfig({ ranges: [{ range: "10.0.0.1/32" }] }) });
    const red = "\u001b[31m100%\u001b[39m";
    expect((await desk.with({ hasColours: true }).berthctl("networks")).out).toContain(red);
    expect((await desk.with({ hasColours: true }).berthctl("networks", "--no-color")).out).not.toContain("\u001b");
    expect((await desk.berthctl("networks")).out).not.toContain("\u001b");
  });
});
