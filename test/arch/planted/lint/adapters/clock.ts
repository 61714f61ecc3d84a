/**
 * Planted: an adapter may have a clock and chance, and no default export.
 *
 * @module
 */
export const now = Date.now();
export const chance = Math.random();
export default now;
