/**
 * The one thing the launcher reads in standard input: the version to answer in.
 *
 * @module
 */

const fallback = "1.1.0";
const lengthMax = 16;

/**
 * The document's own `cniVersion`: a string at depth 1 that a colon follows. `1.1.0` unless it is made of digits and
 * dots. No JSON parser, because `berth.c` has none and both shall find the same in broken documents too.
 */
export function findCniVersion(input: Uint8Array): string {
  const text = Buffer.from(input.buffer, input.byteOffset, input.length).toString("latin1");
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (character === "{" || character === "[") depth += 1;
    if ((character === "}" || character === "]") && depth > 0) depth -= 1;
    if (character !== '"') continue;
    const start = i + 1;
    i = stringEnd(text, start);
    const colon = skipSpace(text, i + 1);
    if (depth !== 1 || text.slice(start, i) !== "cniVersion" || text.charAt(colon) !== ":") continue;
    return versionAt(text, skipSpace(text, colon + 1));
  }
  return fallback;
}

/** Where the string's closing quote is; the text's end or beyond without one. */
function stringEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === "\\" ? 2 : 1;
  return at;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && " \t\r\n".includes(text.charAt(at))) at += 1;
  return at;
}

function versionAt(text: string, at: number): string {
  const found = /^"([0-9.]+)"/.exec(text.slice(at, at + lengthMax + 2));
  return found?.[1] ?? fallback;
}
