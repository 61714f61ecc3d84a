/**
 * Says something.
 */
export const a = 1;
