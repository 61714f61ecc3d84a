/**
 * UTF-8 without the platform's codecs, which core does not have (RFC 3629).
 *
 * @module
 */

/** For sequences of 2, 3 and 4 bytes: the mark of the first byte, the bits it carries, and the least code point. */
const forms = [
  { mask: 0xe0, mark: 0xc0, length: 2, least: 0x80 },
  { mask: 0xf0, mark: 0xe0, length: 3, least: 0x800 },
  { mask: 0xf8, mark: 0xf0, length: 4, least: 0x1_0000 },
] as const;

/** The text, or undefined where the bytes are not UTF-8: overlong forms and surrogates are refused. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  // What is sent is mostly ASCII, which needs no decoding.
  if (isAscii(bytes)) return asciiOf(bytes);
  let text = "";
  let at = 0;
  while (at < bytes.length) {
    const point = codePointAt(bytes, at);
    if (point === undefined) return undefined;
    text += String.fromCodePoint(point);
    at += lengthOf(point);
  }
  return text;
}

function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte >= 0x80) return false;
  return true;
}

/** In pieces: a function takes a limited number of arguments. */
function asciiOf(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}

/** The bytes of a text. A lone surrogate becomes U+FFFD, as everywhere. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text.toWellFormed()) {
    const point = character.codePointAt(0) ?? 0;
    const length = lengthOf(point);
    if (length === 1) {
      bytes.push(point);
      continue;
    }
    const form = forms[length - 2] ?? forms[0];
    bytes.push(form.mark | (point >> (6 * (length - 1))));
    for (let rest = length - 2; rest >= 0; rest -= 1) bytes.push(0x80 | ((point >> (6 * rest)) & 0x3f));
  }
  return Uint8Array.from(bytes);
}

function codePointAt(bytes: Uint8Array, at: number): number | undefined {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return first;
  const form = forms.find(({ mask, mark }) => (first & mask) === mark);
  if (form === undefined) return undefined;
  let point = first & ~form.mask;
  for (let i = 1; i < form.length; i += 1) {
    const next = bytes[at + i] ?? 0;
    if ((next & 0xc0) !== 0x80) return undefined;
    point = (point << 6) | (next & 0x3f);
  }
  const isSurrogate = point >= 0xd800 && point <= 0xdfff;
  return point < form.least || point > 0x10_ffff || isSurrogate ? undefined : point;
}

function lengthOf(point: number): 1 | 2 | 3 | 4 {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x1_0000 ? 3 : 4;
}
