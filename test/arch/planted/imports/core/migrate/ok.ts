/**
 * Planted: nothing wrong here.
 *
 * @module
 */

export const ok = 1;
