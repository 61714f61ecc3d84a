/**
 * Planted: nothing wrong here: zod is allowed in core/config.
 *
 * @module
 */
import * as z from "zod";

export const ok = z.string();
