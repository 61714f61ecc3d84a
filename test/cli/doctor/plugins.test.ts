/**
 * Launchers of all kinds, judged by `berthctl doctor`.
 *
 * @module
 */
import { afterEach, describe, expect, test } from "vitest";
import type { Ran } from "../../../core/ports/host.ts";
import { at, createDesk, type OpenDesk } from "../desk.ts";

let desk: OpenDesk;
afterEach(() => desk.close());

async function healthy(): Promise<void> {
  desk = createDesk();
  await desk.agent.add();
}

const launcher = (protocol: number): Ran => ({
  kind: "ended",
  status: 0,
  stdout: `berth-launcher 1.2.3 (protocol ${protocol})\n`,
});

describe("berthctl doctor, of the launcher", () => {
  test.for([
    { name: "of the protocol before", protocol: 0, level: "warn", says: "one behind the agent's 1" },
    { name: "of a later protocol", protocol: 2, level: "fail", says: "but the agent's is 1" },
  ])("tells of a launcher $name", async ({ protocol, level, says }) => {
    await healthy();
    desk.programs.set("/opt/cni/bin/berth", launcher(protocol));
    expect((await desk.berthctl("doctor")).out).toMatch(new RegExp(`^${level} {2}launcher .*${says}`, "m"));
  });

  test("looks at drop-in names only where they are the launcher", async () => {
    await healthy();
    desk.sights.set("/opt/cni/bin/whereabouts", at("file"));
    desk.programs.set("/opt/cni/bin/whereabouts", launcher(7));
    desk.sights.set("/opt/cni/bin/static", at("file"));
    desk.programs.set("/opt/cni/bin/static", { kind: "ended", status: 1, stdout: "CNI static plugin v1.9.1\n" });
    const { out } = await desk.berthctl("doctor");
    expect(out).toMatch(/^fail {2}launcher as whereabouts .*protocol 7/m);
    expect(out).not.toContain("static");
  });

  test("looks where it is told to with --cni-bin, more than once", async () => {
    await healthy();
    desk.sights.set("/a", at("directory")).set("/b", at("directory")).set("/b/berth", at("file"));
    desk.programs.set("/b/berth", launcher(1));
    const { out } = await desk.berthctl("doctor", "--cni-bin", "/a", "/b");
    expect(out).toMatch(/^ok {4}launcher .*\/b\/berth/m);
    expect(out).toMatch(/^warn {2}plugin bridge .*not in \/a, \/b$/m);
  });
});
