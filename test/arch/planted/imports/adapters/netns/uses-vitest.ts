/**
 * Planted: a program loads what is only there for tests.
 *
 * @module
 */
import { expect } from "vitest";

export const reached = expect;
