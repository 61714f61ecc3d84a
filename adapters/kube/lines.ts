/**
 * Lines out of pieces of bytes.
 *
 * @module
 */

export type Lines = {
  /** False: a line is longer than it may be. */
  readonly take: (piece: Buffer) => boolean;
};

/** @param onLine without its end; empty ones are left out */
export function createLines(bytesMax: number, onLine: (line: string) => void): Lines {
  let pieces: Buffer[] = [];
  let bytes = 0;
  return {
    take: (piece) => {
      let rest = piece;
      for (let at = rest.indexOf(0x0a); at !== -1; at = rest.indexOf(0x0a)) {
        const line = Buffer.concat([...pieces, rest.subarray(0, at)]).toString("utf8");
        pieces = [];
        bytes = 0;
        rest = rest.subarray(at + 1);
        if (line !== "") onLine(line);
      }
      if (rest.length > 0) pieces.push(rest);
      bytes += rest.length;
      return bytes <= bytesMax;
    },
  };
}
