/**
 * Planted: a test.
 *
 * @module
 */
export const held = 1;
