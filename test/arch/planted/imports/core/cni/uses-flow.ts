/**
 * Planted: a rule knows the paths that use it.
 *
 * @module
 */
import { flow } from "../flow/flow.ts";

export const reached = flow;
