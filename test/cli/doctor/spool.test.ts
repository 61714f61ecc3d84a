/**
 * What lies in the spool, judged by `berthctl doctor`.
 *
 * @module
 */
import { afterEach, describe, expect, test } from "vitest";
import { createDesk, type OpenDesk, type Seat } from "../desk.ts";

let desk: OpenDesk;
afterEach(() => desk.close());

async function healthy(): Promise<void> {
  desk = createDesk();
  await desk.agent.add();
}

describe("berthctl doctor, of the spool", () => {
  test.for([
    {
      name: "wait while the agent is up",
      files: 30,
      isUp: true,
      line: "warn  spool              30 DELs wait in /run/berth/spool",
    },
    {
      name: "wait while the agent is down",
      files: 1,
      isUp: false,
      line: "warn  spool            1 DEL in /run/berth/spool: carried out when the agent starts",
    },
    {
      name: "are just on their way",
      files: 2,
      isUp: true,
      line: "ok    spool              /run/berth/spool can be written, 2 DELs on the way",
    },
  ])("tells of DELs that $name", async ({ files, isUp, line }) => {
    await healthy();
    desk.folders.set(
      "/run/berth/spool",
      Array.from({ length: files }, (_, index) => `call-${index}`),
    );
    const seat: Partial<Seat> = isUp ? {} : { unreachable: { kind: "unreachable", why: "absent", reason: "" } };
    expect((await desk.with(seat).berthctl("doctor")).out).toContain(line);
  });

  test("tells of spool files that were set aside", async () => {
    await healthy();
    desk.folders.set("/run/berth/spool", [".bad-x"]);
    expect((await desk.berthctl("doctor")).out).toMatch(/^warn {2}spool .* 1 file in .* set aside$/m);
  });
});
