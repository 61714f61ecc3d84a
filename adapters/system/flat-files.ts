/**
 * Reads the first of several files.
 *
 * @module
 */
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { FlatFile, FlatFiles } from "../../core/ports/flat-files.ts";

const bytesMax = 1024 * 1024;

export function createFlatFiles(): FlatFiles {
  return {
    read: async (paths) => {
      for (const path of paths) {
        const file = await readSmall(path);
        if (file !== undefined) return file;
      }
      return undefined;
    },
  };
}

/** A definition names the path: nothing but a small regular file is read, and a pipe there never blocks the agent. */
async function readSmall(path: string): Promise<FlatFile | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await file.stat();
      if (!stat.isFile() || stat.size > bytesMax) return undefined;
      return { path, text: await file.readFile("utf8") };
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
