/**
 * Planted: core loads a package that is not zod.
 *
 * @module
 */
import { pino } from "pino";

export const log = pino;
