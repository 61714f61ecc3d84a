/**
 * Chance from the operating system.
 *
 * @module
 */
import { randomFillSync, randomUUID } from "node:crypto";
import type { Random } from "../../core/ports/random.ts";

/** Drawn from the system at once: a draw of its own for each number costs ten times the number. */
const drawnBytes = 4096;

export function createRandom(): Random {
  const drawn = Buffer.alloc(drawnBytes);
  let used = drawnBytes;
  const bits64 = (): bigint => {
    if (used === drawnBytes) {
      randomFillSync(drawn);
      used = 0;
    }
    used += 8;
    return drawn.readBigUInt64BE(used - 8);
  };
  return {
    below: (below) => {
      const bits = below.toString(2).length;
      // Drawn again when it falls outside, so that each number is as likely as the others.
      for (;;) {
        let value = 0n;
        for (let got = 0; got < bits; got += 64) value = (value << 64n) | bits64();
        value = BigInt.asUintN(bits, value);
        if (value < below) return value;
      }
    },
    id: () => randomUUID(),
  };
}
