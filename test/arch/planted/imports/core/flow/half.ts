/**
 * Planted: the other half of a cycle.
 *
 * @module
 */
import { flow } from "./flow.ts";

export type Half = number;
export const twice = flow;
