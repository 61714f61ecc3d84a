/**
 * Planted.
 *
 * @module
 */
import { report } from "../test/vectors/report.ts";

export const borrowed = report;
