/**
 * Planted: the ground of core has a schema.
 *
 * @module
 */
import * as z from "zod";

export const schema = z.string();
