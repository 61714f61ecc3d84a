/**
 * Planted: a program imports another.
 *
 * @module
 */
import { launch } from "../launcher/launch.ts";

export const reached = launch;
