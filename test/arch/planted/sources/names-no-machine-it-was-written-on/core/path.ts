/**
 * Planted.
 *
 * @module
 */
export const home = "/root/berth";
