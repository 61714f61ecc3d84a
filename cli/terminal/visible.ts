/**
 * Text that somebody else wrote, made safe for a terminal.
 *
 * @module
 */

/** Control characters, and those that turn the direction of writing, are escaped: they could forge lines or hide text. */
export function visible(text: string): string {
  // oxlint-disable-next-line eslint/no-control-regex -- control characters are what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
