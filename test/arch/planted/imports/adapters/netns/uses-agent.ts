/**
 * Planted: an adapter reaches a program.
 *
 * @module
 */
import { serve } from "../../cni/agent/serve.ts";

export const reached = serve;
