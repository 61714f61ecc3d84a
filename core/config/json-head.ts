/**
 * What can still be read of a broken document: the texts at its top level, up to where it breaks.
 *
 * @module
 */
import { afterBlanks, afterScalar, afterString, stringOf } from "./json-token.ts";

/**
 * Finds the top-level strings of a JSON object, whole or cut off at any place; nothing behind the first broken place.
 * Never fails: a DEL and a GC come with whatever the runtime still has (PROTOCOL P13). The last of a repeated key
 * counts. Cost is that of the text.
 */
export function readHead(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let depth = 0;
  let key: string | undefined;
  let at = afterBlanks(text, 0);
  for (;;) {
    const token = tokenAt(text, at);
    if (token === undefined) return found;
    const next = afterBlanks(text, at + token.length);
    const isKey = depth === 1 && token.startsWith('"') && text[next] === ":";
    if (isKey) key = stringOf(token);
    else if (token !== ":") {
      // An opening bracket has ended the key already: what follows one stands at its depth.
      if (key !== undefined && token.startsWith('"')) found.set(key, stringOf(token));
      key = undefined;
    }
    depth += depthOf(token);
    at = next;
  }
}

function tokenAt(text: string, at: number): string | undefined {
  const end = afterString(text, at) ?? afterScalar(text, at) ?? (/[{}[\],:]/.test(text[at] ?? "") ? at + 1 : undefined);
  return end === undefined ? undefined : text.slice(at, end);
}

function depthOf(token: string): number {
  if (token === "{" || token === "[") return 1;
  return token === "}" || token === "]" ? -1 : 0;
}
