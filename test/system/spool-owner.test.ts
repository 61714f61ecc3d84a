/**
 * A file of the spool that somebody else wrote: only root can make one.
 *
 * @module
 */
import { chown, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeSpoolFolder } from "../adapters/spool/spool-folder.ts";

test("a call that another user owns is set aside, not taken", async () => {
  const folder = await makeSpoolFolder();
  try {
    const name = await folder.write("c1");
    await chown(join(folder.directory, name), 65_534, 65_534);
    expect(await (await folder.open()).drain()).toEqual([]);
    expect(await readdir(folder.directory)).toEqual([`.bad-${name}`]);
  } finally {
    await folder.remove();
  }
});
