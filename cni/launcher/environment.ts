/**
 * The environment as bytes: `process.env` would lose what is not UTF-8.
 *
 * @module
 */
import { readFileSync } from "node:fs";

export type Environment = {
  /** Every `CNI_…=value`, in order, without NUL. */
  readonly cniVariables: readonly Uint8Array[];
  /** The first of this name, as getenv finds it; `otherwise` when there is none or it is empty. */
  readonly bytes: (name: string, otherwise: string) => Buffer;
  readonly text: (name: string, otherwise: string) => string;
};

export function readEnvironment(): Environment {
  const entries = splitAtNul(readFileSync("/proc/self/environ"));
  const bytes = (name: string, otherwise: string): Buffer => {
    const start = `${name}=`;
    const entry = entries.find((one) => one.toString("latin1", 0, start.length) === start);
    return entry === undefined || entry.length === start.length ? Buffer.from(otherwise) : entry.subarray(start.length);
  };
  return {
    cniVariables: entries.filter((entry) => entry.toString("latin1", 0, 4) === "CNI_" && entry.includes("=")),
    bytes,
    text: (name, otherwise) => bytes(name, otherwise).toString(),
  };
}

function splitAtNul(all: Buffer): readonly Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; at < all.length; ) {
    const nul = all.indexOf(0, at);
    const end = nul === -1 ? all.length : nul;
    entries.push(all.subarray(at, end));
    at = end + 1;
  }
  return entries;
}
