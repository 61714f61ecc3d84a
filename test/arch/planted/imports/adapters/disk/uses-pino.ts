/**
 * Planted: an adapter that named no library loads one.
 *
 * @module
 */
import { pino } from "pino";

export const log = pino;
