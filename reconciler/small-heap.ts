/**
 * Keeps the heap small: what a run reads is looked at and dropped, but on a machine with much memory V8 would let the heap grow
 * before it collects. Imported first by main.ts, because it acts on what is allocated after it.
 *
 * @module
 */
import { setFlagsFromString } from "node:v8";

setFlagsFromString("--optimize-for-size");
