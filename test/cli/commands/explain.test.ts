/**
 * `berthctl explain` on one machine: by which evidence an address is kept, and when it comes back.
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
const sweep = "the agent's next sweep, within a minute";

describe("berthctl explain, on one machine", () => {
  test.for<{ name: string; end: (names: Map<string, string>) => void; facts: readonly string[] }>([
    {
      name: "stands",
      end: () => undefined,
      facts: ["verdict     kept (live): its network namespace stands", "when        its DEL"],
    },
    {
      name: "has gone",
      end: (names) => names.clear(),
      facts: ["verdict     stale, rule 1: its network namespace has gone (namespace gone)", `when        ${sweep}`],
    },
    {
      name: "cannot be told",
      end: (names) => void names.set("/run/netns/a", "file"),
      facts: [
        "verdict     kept (evidence-missing): the path is no network namespace",
        "when        its DEL, or a sweep that proves it",
      ],
    },
  ])("says what becomes of a lease whose namespace $name", async ({ end, facts }) => {
    desk = createDesk();
    await desk.agent.add({ pod });
    end(desk.agent.namespaces);
    const { code, out, err } = await desk.berthctl("explain", "10.0.0.1");
    expect(out).toContain(facts.map((fact) => `  ${fact}\n`).join(""));
    expect(out).toMatch(/^10\.0\.0\.1 in network blue\n {2}held by {5}pod default\/web-0 \(uid uid-1\)\n/);
    expect({ code, err }).toEqual({ code: 0, err: machineLine(desk) });
  });

  test("says how long a lease of an earlier boot waits for its pod", async () => {
    desk = createDesk();
    await desk.agent.add();
    const { out } = await desk.with({ bootId: "boot-2" }).berthctl("explain", "10.0.0.1");
    expect(out).toContain("  verdict     stale, rule 1: its network namespace ended with an earlier boot\n");
    expect(out).toContain("  when        a sweep, once 10 minutes of this boot have passed: ");
  });

  test("says of a withheld address that an operator keeps it back", async () => {
    desk = createDesk();
    await desk.agent.add();
    await desk.agent.flow.withhold({ network: "blue", address: address("10.0.0.3"), reason: "printer" });
    const { out } = await desk.berthctl("explain", "10.0.0.3");
    expect(out).toContain("  reason   printer\n");
    expect(out).toContain("  verdict  kept (withheld): an operator keeps it back\n");
  });

  test("says of an address that rests that others go before it", async () => {
    desk = createDesk();
    await desk.agent.add({ config: berthConfig({ reuse_after: "1h" }) });
    await desk.agent.del();
    const { code, out } = await desk.berthctl("explain", "10.0.0.1");
    expect(out).toContain("  resting  until 2023-11-15T00:13:20Z (reuse_after)\n");
    expect(out).toContain("  An ADD is given it only when nothing else is free\n");
    expect(code).toBe(1);
  });

  test("prints the same as JSON", async () => {
    desk = createDesk();
    await desk.agent.add({ pod });
    desk.agent.namespaces.clear();
    const { out } = await desk.berthctl("explain", "10.0.0.1", "--output", "json");
    expect(JSON.parse(out)).toMatchObject({
      store: "embedded",
      address: "10.0.0.1",
      networks: [
        {
          network: "blue",
          holders: [{ pod, namespaceNow: "gone", verdict: "free", rule: 1, when: sweep, command: null, journal: null }],
          givable: false,
        },
      ],
    });
  });

  test("refuses what is no address, and a network that nobody knows", async () => {
    desk = createDesk();
    await desk.agent.add();
    expect((await desk.berthctl("explain", "10.0.0")).err).toContain(
      'Cannot use address "10.0.0": expected an address',
    );
    expect(await desk.berthctl("explain", "10.0.0.1", "--network", "bleu")).toMatchObject({ code: 1, out: "" });
  });
});
