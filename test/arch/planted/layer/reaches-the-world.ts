/**
 * Planted: what core may not even name. Every line after this comment is an error there.
 *
 * @module
 */
import { readFileSync } from "node:fs";
export const home = process.env;
export const bytes = Buffer.from("a");
export const timer = setTimeout(() => undefined, 1);
console.log("a");
export const page = new URL("a:b");
export const now = performance.now();
export const answer = fetch("a:b");
export const queued = queueMicrotask;
export const folder = __dirname;
export const loaded = require;
