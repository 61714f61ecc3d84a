/**
 * Planted.
 *
 * @module
 */
