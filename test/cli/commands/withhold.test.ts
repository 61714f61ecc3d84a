/**
 * `berthctl withhold` never guesses a network.
 *
 * @module
 */
import { afterEach, describe, expect, test } from "vitest";
import { berthConfig, given } from "../../support/world.ts";
import { createDesk, type OpenDesk } from "../desk.ts";

let desk: OpenDesk;
afterEach(() => desk.close());

async function served(): Promise<void> {
  desk = createDesk();
  await desk.agent.add();
}

describe("berthctl withhold", () => {
  test("keeps an address from being given, in the only network that has it, until --undo", async () => {
    await served();
    expect(await desk.berthctl("withhold", "10.0.0.2", "--reason", "printer")).toEqual({
      code: 0,
      out: "Withheld: 10.0.0.2 in network blue\n",
      err: "",
    });
    expect(given(await desk.agent.add({ containerId: "c2" }))).toEqual(["10.0.0.3/29"]);
    expect(await desk.berthctl("withhold", "10.0.0.2", "--undo")).toEqual({
      code: 0,
      out: "No longer withheld: 10.0.0.2 in network blue\n",
      err: "",
    });
    expect(given(await desk.agent.add({ containerId: "c3" }))).toEqual(["10.0.0.2/29"]);
  });

  test.for([
    { name: "without a reason", args: [], says: "expected a reason, for whoever finds the address withheld" },
    { name: "with a blank reason", args: ["--reason", "  "], says: "expected a reason" },
    { name: "with a reason and --undo", args: ["--reason", "x", "--undo"], says: "expected no reason beside --undo" },
  ])("is refused $name", async ({ args, says }) => {
    await served();
    const { code, err } = await desk.berthctl("withhold", "10.0.0.2", ...args);
    expect(code).toBe(2);
    expect(err).toContain(`Cannot use option "--reason": ${says}`);
  });

  test("guesses no network: of several it wants one named", async () => {
    await served();
    await desk.agent.add({ containerId: "c2", config: berthConfig({ network_name: "red" }, "red-net") });
    const { code, err } = await desk.berthctl("withhold", "10.0.0.2", "--reason", "printer");
    expect(code).toBe(2);
    expect(err).toContain('Cannot withhold address "10.0.0.2": expected --network, one of: "blue", "red"\n');
    expect((await desk.berthctl("withhold", "10.0.0.2", "--reason", "x", "--network", "red")).code).toBe(0);
    expect((await desk.berthctl("withhold", "10.0.0.2", "--undo")).out).toBe(
      "No longer withheld: 10.0.0.2 in network red\n",
    );
  });

  test("guesses no network: of none it wants one named, and says that nobody serves it", async () => {
    await served();
    const unknown = await desk.berthctl("withhold", "10.7.0.1", "--reason", "x");
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain("expected --network, because no range seen here contains it\n");
    expect(await desk.berthctl("withhold", "10.7.0.1", "--reason", "x", "--network", "blue")).toEqual({
      code: 0,
      out: "Withheld: 10.7.0.1 in network blue\n",
      err: "No range seen here contains it in network blue: run: berthctl networks\n",
    });
  });

  test.for([
    {
      name: "to withhold",
      args: ["--reason", "printer"],
      hint: "  for a network that is not used here yet: --new-network\n",
    },
    { name: "to undo", args: ["--undo"], hint: "" },
  ])("refuses a network that nothing is known of, $name", async ({ args, hint }) => {
    await served();
    expect(await desk.berthctl("withhold", "10.0.0.2", "--network", "bleu", ...args)).toEqual({
      code: 1,
      out: "",
      err: `Cannot find network "bleu": expected one of blue\n  run: berthctl networks\n${hint}`,
    });
    expect((await desk.berthctl("leases")).out).not.toContain("withheld");
  });

  test("withholds in a new network when it is told that it is one, and undoes it by its name", async () => {
    await served();
    const args = ["withhold", "10.0.0.2", "--network", "red"];
    const { code, out } = await desk.berthctl(...args, "--reason", "printer", "--new-network");
    expect({ code, out }).toEqual({ code: 0, out: "Withheld: 10.0.0.2 in network red\n" });
    expect((await desk.berthctl(...args, "--undo")).code).toBe(0);
  });

  test("is refused for an address that somebody holds, and says who", async () => {
    await served();
    const { code, err } = await desk.berthctl("withhold", "10.0.0.1", "--reason", "printer");
    expect(code).toBe(1);
    expect(err).toContain("expected a free address, pod /c1 on node node-1 holds it\n");
    expect(err).toContain("  run: berthctl show 10.0.0.1\n");
  });

  test("has nothing to undo where nothing is withheld", async () => {
    await served();
    const { code, err } = await desk.berthctl("withhold", "10.0.0.2", "--undo");
    expect(code).toBe(1);
    expect(err).toBe(
      'Cannot give back address "10.0.0.2": expected an address that is withheld\n  run: berthctl show 10.0.0.2\n',
    );
  });

  test("says that it may have been done when the answer was lost", async () => {
    await served();
    const seat = desk.with({ lost: { kind: "unreachable", why: "unclear", reason: "half an answer" } });
    const { code, err } = await seat.berthctl("withhold", "10.0.0.2", "--reason", "printer");
    expect(code).toBe(3);
    expect(err).toContain("it may have been done: run: berthctl show 10.0.0.2");
  });
});
