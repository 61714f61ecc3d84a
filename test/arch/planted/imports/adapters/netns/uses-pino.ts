/**
 * Planted: an adapter loads a library of another.
 *
 * @module
 */
import { pino } from "pino";

export const log = pino;
