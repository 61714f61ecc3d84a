/**
 * The pieces of JSON text (RFC 8259), read at a place in it.
 *
 * @module
 */

const blank = /[ \t\n\r]*/y;
// oxlint-disable-next-line eslint/no-control-regex -- RFC 8259 section 7: controls are not allowed unescaped
const string = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

/** Where the blanks that begin at `at` end. */
export function afterBlanks(text: string, at: number): number {
  return at + matchLength(blank, text, at);
}

/** Where the string that begins at `at` ends, quotes included; undefined when there is none. */
export function afterString(text: string, at: number): number | undefined {
  const length = matchLength(string, text, at);
  return length === 0 ? undefined : at + length;
}

/** Where the number, `true`, `false` or `null` that begins at `at` ends; undefined when there is none. */
export function afterScalar(text: string, at: number): number | undefined {
  const length = matchLength(scalar, text, at);
  return length === 0 ? undefined : at + length;
}

/** What a string token means. */
export function stringOf(token: string): string {
  const meaning: unknown = token.includes("\\") ? JSON.parse(token) : token.slice(1, -1);
  return String(meaning);
}

function matchLength(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}
