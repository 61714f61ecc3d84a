/**
 * When a version was made, on the store's own scale: the number behind the slash of `<uid>/<revision>`.
 *
 * @module
 */

/** -1 when the version says nothing of it. */
export function revisionOfVersion(version: string): bigint {
  const digits = version.slice(version.lastIndexOf("/") + 1);
  return version.includes("/") && /^\d{1,20}$/.test(digits) ? BigInt(digits) : -1n;
}
