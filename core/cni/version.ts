/**
 * The versions of the CNI specification that are spoken.
 *
 * @module
 */

/** Oldest first. 0.1.0 and 0.2.0 share one result form, 0.3.x and 0.4.0 another, 1.x a third (CNI SPEC, "Result types"). */
export const cniVersions = ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"] as const;

export type CniVersion = (typeof cniVersions)[number];

export function isCniVersion(text: string): text is CniVersion {
  return cniVersions.some((version) => version === text);
}
