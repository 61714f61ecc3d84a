/**
 * Planted: the reconciler imports the agent.
 *
 * @module
 */
import { serve } from "../cni/agent/serve.ts";

export const reached = serve;
