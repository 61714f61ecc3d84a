/**
 * Planted: a clock and chance in core.
 *
 * @module
 */
export const now = Date.now();
export const today = new Date();
export const chance = Math.random();
