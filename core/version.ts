/**
 * The version of all programs, put in by the build.
 *
 * @module
 */

declare const BERTH_VERSION: string | undefined;

export const version = typeof BERTH_VERSION === "string" ? BERTH_VERSION : "unbuilt";
