/**
 * The listing of `berthctl leases`, its filters and its narrow forms.
 *
 * @module
 */
import { freeing } from "../../../core/ports/journal.ts";
import { afterEach, describe, expect, test } from "vitest";
import { address, newRow, place } from "../../support/samples.ts";
import { berthConfig } from "../../support/world.ts";
import { createDesk, machineLine, type OpenDesk } from "../desk.ts";

let desk: OpenDesk;
afterEach(() => desk.close());

const pod = { namespace: "default", name: "web-0", uid: "uid-1" };

describe("berthctl leases", () => {
  test("lists holders with their states, then the ranges of the listing", async () => {
    desk = createDesk();
    await desk.agent.add({ pod });
    await desk.agent.add({ containerId: "0123456789abcdef", ifName: "eth1" });
    const fixed = { addresses: [{ address: "10.9.0.5/24" }] };
    await desk.agent.add({ containerId: "c3", config: { ...berthConfig(), ipam: { type: "berth", ...fixed } } });
    await desk.berthctl("withhold", "10.0.0.6", "--reason", "printer");
    await desk.agent.ports.journal.commit([
      { kind: "intend", row: newRow("10.0.0.4", { sinceMs: 1_700_003_600_000 }) },
    ]);
    expect((await desk.berthctl("leases")).out).toBe(
      [
        "ADDRESS   NETWORK    POD/CONTAINER  INTERFACE  DEFINITION  SINCE                 STATE",
        "10.9.0.5  (unnamed)  /c3            net1       blue-net    2023-11-14T23:13:20Z  static",
        "10.0.0.1  blue       default/web-0  net1       blue-net    2023-11-14T23:13:20Z  lease",
        "10.0.0.2  blue       /0123456789ab  eth1       blue-net    2023-11-14T23:13:20Z  lease",
        "10.0.0.4  blue       default/web-0  net1       blue-net    2023-11-14T23:13:20Z  intent",
        "10.0.0.6  blue       (printer)      -          -           2023-11-14T23:13:20Z  withheld",
        "",
        "NETWORK  DEFINITION  RANGE        USED  FREE  EXCLUDED  WITHHELD  TOTAL  FILL",
        "blue     blue-net    10.0.0.0/29     3     3         0         1      6   50%",
        "",
      ].join("\n"),
    );
  });

  test("shows what is on its way back", async () => {
    desk = createDesk();
    await desk.agent.add();
    const [row] = (await desk.agent.ports.journal.page("lease", undefined)).rows;
    if (row === undefined) throw new Error("expected a row");
    await desk.agent.ports.journal.commit([freeing(row, "DEL")]);
    expect((await desk.berthctl("leases")).out).toContain("  freeing\n");
  });

  test.for([
    { name: "a network", args: ["--network", "red"], shown: ["10.0.0.1 red"] },
    { name: "a range", args: ["--range", "10.0.0.0/31"], shown: ["10.0.0.1 blue", "10.0.0.1 red"] },
    { name: "a range with host bits", args: ["--range", "10.0.0.3/31"], shown: ["10.0.0.2 blue"] },
    { name: "a range with two ends", args: ["--range", "10.0.0.2-10.0.0.3/24"], shown: ["10.0.0.2 blue"] },
    { name: "both", args: ["--network", "blue", "--range", "10.0.0.0/29"], shown: ["10.0.0.1 blue", "10.0.0.2 blue"] },
    { name: "a range where nobody is", args: ["--range", "10.7.0.0/16"], shown: [] },
    { name: "a range of the other family", args: ["--range", "::/0"], shown: [] },
  ])("keeps to $name", async ({ args, shown }) => {
    desk = createDesk();
    await desk.agent.add();
    await desk.agent.add({ containerId: "c2" });
    await desk.agent.add({ containerId: "c3", config: berthConfig({ network_name: "red" }, "red-net") });
    const { code, out } = await desk.berthctl("leases", "--json", ...args);
    const { leases } = JSON.parse(out) as { leases: { address: string; network: string }[] };
    expect(leases.map((one) => `${one.address} ${one.network}`)).toEqual(shown);
    expect(code).toBe(0);
  });

  test("prints every field as JSON", async () => {
    desk = createDesk();
    await desk.agent.add({ pod });
    const { out } = await desk.berthctl("leases", "--json");
    expect(JSON.parse(out)).toMatchObject({
      ranges: [{ range: "10.0.0.0/29", used: 1 }],
      leases: [
        {
          address: "10.0.0.1",
          network: "blue",
          range: "10.0.0.0/29",
          state: "lease",
          kind: "dynamic",
          pod,
          container: "c1",
          interface: "net1",
          definition: "blue-net",
          node: "node-1",
          namespace: "/run/netns/a",
          since: "2023-11-14T23:13:20Z",
          answered: "2023-11-14T23:13:20Z",
          reason: null,
        },
      ],
    });
  });

  test("says so when nothing is held, and prints JSON all the same", async () => {
    desk = createDesk();
    expect(await desk.berthctl("leases")).toEqual({
      code: 0,
      out: "",
      err: `No address is held\n${machineLine(desk)}`,
    });
    expect(JSON.parse((await desk.berthctl("leases", "--json")).out)).toEqual({
      store: "embedded",
      ranges: [],
      leases: [],
    });
  });

  test("refuses a network that nobody uses, and names those that are used", async () => {
    desk = createDesk();
    await desk.agent.add();
    expect(await desk.berthctl("leases", "--network", "bleu")).toEqual({
      code: 1,
      out: "",
      err: `Cannot find network "bleu": expected one of blue\n  run: berthctl networks\n${machineLine(desk)}`,
    });
  });

  test("knows a network of which only an address is held", async () => {
    desk = createDesk();
    await desk.agent.flow.withhold({ network: "red", address: address("10.0.0.9"), reason: "router" });
    expect((await desk.berthctl("leases", "--network", "red")).code).toBe(0);
  });

  test("fits 80 columns with long names", async () => {
    desk = createDesk();
    const name = "a-stateful-set-with-a-name-of-some-length-0";
    await desk.agent.add({ pod: { namespace: "production", name, uid: undefined } });
    const { out } = await desk.with({ columns: 80 }).berthctl("leases");
    const lines = out.split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines[0]).toBe("ADDRESS   NETWORK  POD/CONTAINER                                INTERFACE  STATE");
    expect(lines[1]).toBe("10.0.0.1  blue     production/a-stateful-set-with-a-name-of-s…  net1       lease");
  });

  test("prints a line for each cell where no table fits", async () => {
    desk = createDesk();
    await desk.agent.add({ pod });
    const { out } = await desk.with({ columns: 20 }).berthctl("leases", "--network", "blue");
    expect(out).toContain("ADDRESS: 10.0.0.1\nNETWORK: blue\nPOD/CONTAINER: default/web-0\n");
  });

  test("cannot be made to forge lines by what a person wrote", async () => {
    desk = createDesk();
    const reason = "x\n10.0.0.1  blue  \u001b[31m\u202e";
    await desk.agent.flow.withhold({ network: "blue", address: place("10.0.0.9").address, reason });
    const { out } = await desk.berthctl("leases");
    expect(out.split("\n")).toHaveLength(3);
    expect(out).toContain("(x\\u000a10.0.0.1  blue  \\u001b[31m\\u202e)");
  });
});
