/**
 * The grammar of the names that a runtime hands over.
 *
 * @module
 */

/** CNI SPEC, "Parameters". The spec has no bound; libcni puts the id into a file name, which ends at 255 bytes. */
const containerId = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,252}$/;

/** What goes after "expected" for a container id. */
export const containerIdWanted =
  "a container id: a letter or digit, then letters, digits, dots, dashes and underscores, at most 253 in all";

export function isContainerId(text: string): boolean {
  return containerId.test(text);
}

/** CNI SPEC, section 1 "Configuration format", key `name`. Bounded as a container id, and for the same reason. */
export function isNetworkName(text: string): boolean {
  return containerId.test(text);
}

/** What goes after "expected" for the `name` of a network configuration. */
export const networkNameWanted =
  "a network name: a letter or digit, then letters, digits, dots, dashes and underscores, at most 253 in all";

/** Linux, net/core/dev.c dev_valid_name(): at most IFNAMSIZ - 1 bytes. Only ASCII here: other names cannot be typed. */
const ifName = /^[!-.0-9;-~]{1,15}$/;

export const ifNameWanted = 'an interface name: 1 to 15 visible ASCII characters without "/" and ":", not "." or ".."';

export function isIfName(text: string): boolean {
  return ifName.test(text) && text !== "." && text !== "..";
}

export const netnsWanted = "an absolute path of at most 4096 characters, such as /var/run/netns/example";

export function isNetnsPath(text: string): boolean {
  return text.startsWith("/") && text.length <= 4096 && !hasControls(text);
}

/** Reports whether text holds control characters, or bytes that were no text. */
export function hasControls(text: string): boolean {
  // oxlint-disable-next-line eslint/no-control-regex -- control characters are what is looked for
  return /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffd]/.test(text);
}
