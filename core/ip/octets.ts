/**
 * Four decimal numbers with dots between them, as one number.
 *
 * @module
 */

/**
 * Reads `a.b.c.d`, or returns undefined.
 *
 * @param spelling what one number may look like, from end to end; digits only
 */
export function octetsOf(text: string, spelling: RegExp): bigint | undefined {
  // One more than allowed, so that too many are seen without cutting hostile text into thousands of pieces.
  const parts = text.split(".", 5);
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!spelling.test(part)) return undefined;
    const octet = BigInt(part);
    if (octet > 255n) return undefined;
    value = (value << 8n) | octet;
  }
  return value;
}
