/**
 * Planted: core reaches the world.
 *
 * @module
 */
import { readFileSync } from "node:fs";

export const read = readFileSync;
