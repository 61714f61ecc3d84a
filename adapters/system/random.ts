/**
 * Chance from the operating system.
 *
 * @module
 */
import { randomBytes, randomUUID } from "node:crypto";
import type { Random } from "../../core/ports/random.ts";

export function createRandom(): Random {
  return {
    below: (below) => {
      const bits = below.toString(2).length;
      const bytes = Math.ceil(bits / 8);
      const mask = (1n << BigInt(bits)) - 1n;
      // Drawn again when it falls outside, so that each number is as likely as the others.
      for (;;) {
        const value = BigInt(`0x${randomBytes(bytes).toString("hex")}`) & mask;
        if (value < below) return value;
      }
    },
    id: () => randomUUID(),
  };
}
