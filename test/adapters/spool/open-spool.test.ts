/**
 * The agent's side of the spool, on real files.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { abandonedAfterMs, badFilesMax } from "../../../adapters/spool/clear-out.ts";
import { stdinBytesMax } from "../../../core/wire/protocol.ts";
import { spoolName } from "../../../core/wire/spool-name.ts";
import { makeSpoolFolder, namesOf, requestOf, type SpoolFolder } from "./spool-folder.ts";

let folder: SpoolFolder;
beforeEach(async () => {
  folder = await makeSpoolFolder();
});
afterEach(async () => {
  await folder.remove();
});

describe("openSpool()", () => {
  it("makes the directory, for its owner only", async () => {
    await folder.open();
    expect((await stat(folder.directory)).mode & 0o777).toBe(0o700);
  });

  it("opens where no directory can be made, and says so", async () => {
    await writeFile(folder.directory, "");
    const spool = await folder.open();
    expect(await spool.drain()).toEqual([]);
    expect(await spool.take("c1", "eth0")).toEqual([]);
    expect(folder.logged.join("\n")).toContain("Cannot make the spool");
  });
});

describe("drain()", () => {
  it("takes everything, the oldest start first, and renames it away", async () => {
    const late = await folder.write("c1", 20n);
    const early = await folder.write("c2", 9n);
    const calls = await (await folder.open()).drain();
    expect(namesOf(calls)).toEqual([early, late]);
    expect(calls[0]?.request.env.get("CNI_CONTAINERID")).toBe("c2");
    expect(calls[0]?.request.started).toBe(9n);
    expect((await readdir(folder.directory)).sort()).toEqual([`.taken-${early}`, `.taken-${late}`].sort());
  });

  it("takes again what an agent that died had taken", async () => {
    const name = await folder.write("c1");
    await (await folder.open()).drain();
    expect(namesOf(await (await folder.open()).drain())).toEqual([name]);
  });

  it("leaves alone what a launcher is writing, and removes it when that launcher must be dead", async () => {
    await mkdir(folder.directory);
    const path = join(folder.directory, ".tmp-0000000000000000-1-1");
    await writeFile(path, "half");
    const spool = await folder.open();
    expect(await spool.drain()).toEqual([]);
    expect(await readFile(path, "utf8")).toBe("half");
    const longAgo = (Date.now() - abandonedAfterMs) / 1000 - 1;
    await utimes(path, longAgo, longAgo);
    await spool.drain();
    expect(await readdir(folder.directory)).toEqual([]);
  });

  it("keeps a hundred bad files at most, the newest", async () => {
    await mkdir(folder.directory);
    for (let i = 0; i < badFilesMax + 20; i += 1) await writeFile(join(folder.directory, `.bad-${i}`), "");
    await folder.write("bad", 1n, Buffer.from("nonsense\0"));
    const spool = await folder.open();
    await spool.drain();
    await spool.drain();
    const names = await readdir(folder.directory);
    expect(names).toHaveLength(badFilesMax);
    expect(names).toContain(`.bad-${spoolName("bad", "eth0")}-1-42`);
  });
});

describe("a file that is no call", () => {
  const listen = async (path: string): Promise<void> => {
    const server = createServer().listen(path);
    await once(server, "listening");
    // Closing would remove the socket's file.
    server.unref();
  };
  it.each([
    {
      name: "half a request",
      reason: "expected a whole request",
      make: (path: string) => writeFile(path, requestOf("c", 1n).subarray(0, 60)),
    },
    {
      name: "no request",
      reason: "expected NAME=value strings",
      make: (path: string) => writeFile(path, "rm -rf /\0"),
    },
    { name: "an ADD", reason: "expected a DEL", make: (path: string) => writeFile(path, requestOf("c", 1n, "ADD")) },
    { name: "an empty file", reason: "expected a whole request", make: (path: string) => writeFile(path, "") },
    {
      name: "a huge file",
      reason: "expected at most",
      make: (path: string) => writeFile(path, Buffer.alloc(2 * stdinBytesMax)),
    },
    { name: "a link", reason: "expected a regular file", make: (path: string) => symlink("/etc/passwd", path) },
    { name: "a directory", reason: "expected a regular file", make: (path: string) => mkdir(path) },
    {
      name: "a pipe",
      reason: "expected a regular file",
      make: async (path: string) => void execFileSync("mkfifo", [path]),
    },
    { name: "a socket", reason: "expected a regular file", make: listen },
  ])("is set aside when it is $name, and disturbs no other", async ({ make, reason }) => {
    await mkdir(folder.directory);
    const bad = `${spoolName("c", "eth0")}-1-1`;
    await make(join(folder.directory, bad));
    const good = await folder.write("c2");
    const calls = await (await folder.open()).drain();
    expect(namesOf(calls)).toEqual([good]);
    expect(await readdir(folder.directory)).toContain(`.bad-${bad}`);
    expect(folder.logged.join("\n")).toContain(reason);
  });

  it("is set aside when its name is not a launcher's", async () => {
    await mkdir(folder.directory);
    await writeFile(join(folder.directory, "notes.txt"), requestOf("c", 1n));
    expect(await (await folder.open()).drain()).toEqual([]);
    expect(await readdir(folder.directory)).toEqual([".bad-notes.txt"]);
  });
});

describe("take()", () => {
  it("takes the files of one attachment and leaves the others", async () => {
    const mine = await folder.write("c1");
    const other = await folder.write("c2");
    const calls = await (await folder.open()).take("c1", "eth0");
    expect(namesOf(calls)).toEqual([mine]);
    expect((await readdir(folder.directory)).sort()).toEqual([`.taken-${mine}`, other].sort());
  });

  it("repeats what somebody has in hand, until it is done", async () => {
    const name = await folder.write("c1");
    const spool = await folder.open();
    const [call] = await spool.drain();
    if (call === undefined) throw new Error("nothing drained");
    expect(namesOf(await spool.take("c1", "eth0"))).toEqual([name]);
    await spool.done(call);
    expect(await spool.take("c1", "eth0")).toEqual([]);
  });

  it("gives both the same call when two look at once", async () => {
    const name = await folder.write("c1");
    const spool = await folder.open();
    const [one, two] = await Promise.all([spool.take("c1", "eth0"), spool.drain()]);
    expect([namesOf(one), namesOf(two)]).toEqual([[name], [name]]);
  });

  it("compares what stands in the file, not only its name", async () => {
    await folder.write("c1", 7n, requestOf("somebody-else", 7n));
    expect(await (await folder.open()).take("c1", "eth0")).toEqual([]);
  });
});

describe("done()", () => {
  it("removes the file, also twice", async () => {
    await folder.write("c1");
    const spool = await folder.open();
    const [call] = await spool.drain();
    if (call === undefined) throw new Error("nothing drained");
    await spool.done(call);
    await spool.done(call);
    expect(await readdir(folder.directory)).toEqual([]);
    expect(folder.logged).toEqual([]);
  });
});
