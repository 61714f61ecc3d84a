import "./none.ts";

/**
 * Comes too late.
 *
 * @module
 */
