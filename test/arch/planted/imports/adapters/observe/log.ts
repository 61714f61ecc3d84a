/**
 * Planted: nothing wrong here: its own library.
 *
 * @module
 */
import { pino } from "pino";

export const log = pino;
