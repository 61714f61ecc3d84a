/**
 * Planted: a schema outside core/config.
 *
 * @module
 */
import * as z from "zod";

export const schema = z.string();
