/**
 * `network_name`: the isolation domain. It becomes part of the names of Kubernetes objects.
 *
 * @module
 */
import type { Reading } from "./reading.ts";

/** PROTOCOL P2. */
const networkNameLengthMax = 150;

/** RFC 1123 subdomain, as the API server wants it of an object's name. */
const subdomain = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/** Notes a name that no Kubernetes object could have: an ADD would fail with it only when it reaches the API. */
export function checkNetworkName(name: string, reading: Reading): void {
  if (name === "" || (name.length <= networkNameLengthMax && subdomain.test(name))) return;
  const expected = `lower case letters, digits, dashes and dots, with a letter or digit at both ends, at most ${networkNameLengthMax} in all`;
  reading.note([...reading.at, "network_name"], name, expected);
}
