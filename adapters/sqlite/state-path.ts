/**
 * Where the state file and the reserve are in a state directory.
 *
 * @module
 */
import { join } from "node:path";

export function statePathIn(stateDir: string): string {
  return join(stateDir, "berth.db");
}

export function reservePathIn(stateDir: string): string {
  return join(stateDir, "reserve");
}
