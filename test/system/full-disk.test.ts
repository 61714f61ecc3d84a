/**
 * A full disk under the state directory: ADD is refused before anything is held, DEL goes on, and all is well again once
 * there is room (DESIGN 7).
 *
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { agentPlace, launch, removePlace, startAgent } from "../support/agent-process.ts";
import { statusOf } from "../support/ask-agent.ts";
import { createNamespace } from "../support/namespaces.ts";

const config = {
  cniVersion: "1.1.0",
  name: "blue-net",
  type: "bridge",
  ipam: { type: "berth", network_name: "blue", ranges: [{ range: "10.0.0.0/16" }] },
};

/** Takes all the room that is left, to the last block. */
function fill(directory: string): () => void {
  const path = join(directory, "filler");
  for (let bytes = 8 * 1024 * 1024; bytes >= 1; bytes = Math.floor(bytes / 2)) {
    for (let isRoom = true; isRoom; ) {
      try {
        writeFileSync(path, Buffer.alloc(bytes), { flag: "a" });
      } catch {
        isRoom = false;
      }
    }
  }
  expect(statfsSync(directory).bavail).toBe(0);
  return () => rmSync(path);
}

test("on a full disk ADD is refused with DiskFull and nothing held, DEL succeeds and frees, STATUS says 50, until there is room", async () => {
  const place = agentPlace(mkdtempSync(join(tmpdir(), "b-")));
  mkdirSync(place.stateDir);
  const namespace = await createNamespace();
  // A file system of its own that only the agent sees; namespaces made outside still reach it.
  const mount = 'mount -t tmpfs -o size=6m,mode=700 tmpfs "$1" && shift && exec "$@"';
  const within = ["unshare", "--mount", "--propagation", "slave", "--", "sh", "-c", mount, "sh", place.stateDir];
  const agent = await startAgent(place, { within });
  try {
    const add = (containerId: string) => launch(place, { verb: "ADD", containerId, netns: namespace.path, config });
    const del = (containerId: string) => launch(place, { verb: "DEL", containerId, config });
    const status = () => launch(place, { verb: "STATUS", config });
    expect((await add("c0")).status).toBe(0);
    expect((await add("c1")).status).toBe(0);
    expect((await status()).status).toBe(0);

    const makeRoom = fill(`/proc/${agent.pid}/root${place.stateDir}`);
    // The write-ahead log has some room of its own.
    let given = 2;
    let refused = await add(`c${given}`);
    for (; refused.status === 0 && given < 2000; refused = await add(`c${given}`)) given += 1;
    expect(refused.json).toMatchObject({ code: 11, msg: expect.stringMatching(/^Cannot record call /) });
    expect(refused.json.details).toContain("free space on the disk of the state directory");
    // No DEL has come yet: the space kept back for them is still there.
    expect((await status()).json).toMatchObject({ code: 50, msg: expect.stringContaining("is full") });
    expect(await statusOf(place)).toMatchObject({ ready: { ok: false }, journal: { full: true } });
    expect(await statusOf(place)).toMatchObject({ leases: given, intents: 0 });

    expect((await del("c0")).status).toBe(0);
    await vi.waitUntil(
      async () => (await statusOf(place)).leases === given - 1 && (await statusOf(place)).freeing === 0,
    );
    expect((await statusOf(place)).journal.full).toBe(true);
    expect((await status()).json).toMatchObject({ code: 50, msg: expect.stringContaining("is full") });
    expect((await add("late")).json).toMatchObject({ code: 11, msg: expect.stringMatching(/^Cannot record call /) });
    expect((await del("c1")).status).toBe(0);

    makeRoom();
    // The space is kept back again at most 10 s later.
    await vi.waitUntil(async () => (await status()).status === 0, { timeout: 20_000, interval: 250 });
    expect(await add("late")).toMatchObject({ status: 0 });
    expect(await statusOf(place)).toMatchObject({ leases: given - 1, journal: { full: false } });
  } finally {
    await agent.kill();
    await namespace[Symbol.asyncDispose]();
    removePlace(place);
  }
});
