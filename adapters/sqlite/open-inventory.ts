/**
 * Opening a state file to read it, beside a running agent or without one. Nothing in it is changed.
 *
 * @module
 */
import { closeSync, openSync } from "node:fs";
import type { OpenedInventory } from "../../core/ports/inventory.ts";
import { createInventory } from "./inventory.ts";
import { openStateFile } from "./open.ts";

/** Cost: that of `openStateFile`, which reads the file once to see whether it is whole. */
export function openInventory(path: string): OpenedInventory {
  const obstacle = obstacleAt(path);
  if (obstacle !== undefined) return { kind: obstacle, path };
  const opened = openStateFile(path, { readOnly: true });
  if (opened.kind === "fault") {
    const { message, wayOut } = opened.fault;
    return { kind: "fault", path, message, wayOut };
  }
  const { database } = opened;
  // Noted by an agent when it first read a store that other nodes share (P14).
  const isShared = database.prepare("SELECT 1 FROM meta WHERE name = 'note_opened'").get() !== undefined;
  const store = isShared ? "kubernetes" : "embedded";
  return { kind: "open", inventory: createInventory(database), store, close: () => database.close() };
}

function obstacleAt(path: string): "absent" | "denied" | undefined {
  try {
    closeSync(openSync(path, "r"));
    return undefined;
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return "absent";
    return code === "EACCES" || code === "EPERM" ? "denied" : undefined;
  }
}
