/**
 * The numbers both ends of the launcher's wire agree on (DESIGN 2, "The launcher"; PROTOCOL 7).
 * `cni/launcher/launcher.h` repeats them; a test compares.
 *
 * @module
 */

/** Raised when the header or the answer changes its meaning. An agent serves this one and the one before. */
export const protocolVersion = 1;

/** Standard input may have 1 MiB. */
export const stdinBytesMax = 1_048_576;

/** The header: Linux allows 128 KiB for one variable, and that one must fit beside the others. */
export const headerBytesMax = 262_144;

/** An answer longer than this is no answer. */
export const answerBytesMax = 1_048_576;
