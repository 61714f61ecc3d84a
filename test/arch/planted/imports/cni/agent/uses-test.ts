/**
 * Planted: a program imports a test.
 *
 * @module
 */
import { held } from "../../test/held.ts";

export const reached = held;
