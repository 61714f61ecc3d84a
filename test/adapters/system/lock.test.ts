/**
 * A lock keeps a second holder out, in this process and in another, and ends with its holder however that ends.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Lock, lock } from "../../../adapters/system/lock.ts";
import { temporaryDirectory } from "../../support/state-file.ts";

let directory: ReturnType<typeof temporaryDirectory>;
let path = "";
beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory.path, "deep/er/agent.lock");
});
afterEach(() => directory.remove());

const thing = 'state directory "/var/lib/x"';

function release(held: Lock): void {
  if (held.kind === "locked") held.release();
}

/** Another process that locks, says so, and lives until it is killed. */
async function otherHolder() {
  const script = `import { lock } from ${JSON.stringify(new URL("../../../adapters/system/lock.ts", import.meta.url).href)};
    globalThis.held = lock(${JSON.stringify(path)}, "x");
    process.stdout.write(globalThis.held.kind);
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said]: unknown[] = await once(child.stdout, "data");
  return {
    said: String(said),
    kill: async () => {
      child.kill("SIGKILL");
      await once(child, "close");
    },
  };
}

test("makes the lock file's directory, for its owner only, and locks again after a release", () => {
  const first = lock(path, thing);
  expect(first.kind).toBe("locked");
  expect(statSync(join(directory.path, "deep")).mode & 0o777).toBe(0o700);
  release(first);
  const second = lock(path, thing);
  expect(second.kind).toBe("locked");
  release(second);
});

test("refuses a second holder in the same process, and names what is locked and how to find the other", () => {
  const first = lock(path, thing);
  expect(lock(path, thing)).toEqual({
    kind: "refused",
    message:
      'Cannot lock state directory "/var/lib/x": expected no other agent that uses it (find it with: pgrep -af berth)',
  });
  release(first);
});

test("refuses while another process holds it, and no longer once that was killed with -9", async () => {
  const other = await otherHolder();
  const refused = lock(path, thing);
  await other.kill();
  expect(other.said).toBe("locked");
  expect(refused).toMatchObject({ kind: "refused", message: expect.stringContaining("no other agent") });
  const mine = lock(path, thing);
  expect(mine.kind).toBe("locked");
  release(mine);
});

test.each([
  { name: "a directory in its place", spoil: () => mkdirSync(path, { recursive: true }) },
  { name: "a file in place of its directory", spoil: () => writeFileSync(join(directory.path, "deep"), "") },
])("tells $name from another agent", ({ spoil }) => {
  spoil();
  expect(lock(path, thing)).toMatchObject({
    kind: "refused",
    message: expect.stringMatching(/^Cannot lock state directory .*: expected a directory that can be written: /),
  });
});
