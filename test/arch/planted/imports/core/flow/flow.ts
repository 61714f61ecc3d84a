/**
 * Planted: one half of a cycle.
 *
 * @module
 */
import type { Half } from "./half.ts";

export const flow: Half = 1;
