/**
 * Looking at the real machine.
 *
 * @module
 */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createHost } from "../../../adapters/system/host.ts";
import { temporaryDirectory } from "../../support/state-file.ts";

const folder = temporaryDirectory();
afterAll(folder.remove);
const host = createHost();
const at = (name: string) => join(folder.path, name);

function script(name: string, body: string): string {
  writeFileSync(at(name), `#!/bin/sh\n${body}\n`);
  chmodSync(at(name), 0o755);
  return at(name);
}

describe("the machine", () => {
  test("is looked at by path", async () => {
    mkdirSync(at("folder"));
    writeFileSync(at("file"), "12345", { mode: 0o644 });
    expect(await host.look(at("folder"))).toMatchObject({ kind: "directory", isWritable: true });
    expect(await host.look(at("file"))).toEqual({ kind: "file", bytes: 5, isWritable: true, isExecutable: false });
    expect(await host.look(at("none"))).toEqual({ kind: "absent" });
    expect(await host.look(at("file/below"))).toEqual({ kind: "absent" });
    expect(await host.list(at("folder"))).toEqual([]);
    expect(await host.list(at("none"))).toBeUndefined();
  });

  test("tells what room is left", async () => {
    const room = await host.room(folder.path);
    expect(room?.freeBytes).toBeGreaterThan(0);
    expect(await host.room(at("none"))).toBeUndefined();
  });

  test("runs programs without environment and input", async () => {
    const program = script("say", 'echo "$CNI_COMMAND-$1-$(cat)"; exit 3');
    expect(await host.run(program, ["--version"])).toEqual({ kind: "ended", status: 3, stdout: "---version-\n" });
    expect(await host.run(at("none"), [])).toEqual({ kind: "failed", reason: "ENOENT" });
    expect(await host.run(at("file"), [])).toEqual({ kind: "failed", reason: "EACCES" });
  });

  test("waits for no program that never ends", async () => {
    expect(await host.run(script("hang", "exec sleep 30"), [])).toEqual({
      kind: "failed",
      reason: "no end within 2 s",
    });
  });
});
