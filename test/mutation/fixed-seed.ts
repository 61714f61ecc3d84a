/**
 * One seed for all laws of a mutation run, so that every mutant meets the same tests.
 *
 * @module
 */
import { configureGlobal } from "fast-check";

configureGlobal({ seed: 4711 });
