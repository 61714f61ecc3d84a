/**
 * Evidence of a network namespace, read back from an annotation: it survives a lost journal (F11).
 *
 * @module
 */
import * as z from "zod";
import type { NamespaceEvidence } from "../ports/namespaces.ts";

const text = z.string().max(4096);
const shape = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("seen"), path: text, device: text, inode: text, bootId: text }),
  z.object({ kind: z.literal("void"), path: text, bootId: text, reason: text }),
]);

/** What cannot be read proves nothing. */
export function readEvidence(json: string | undefined): NamespaceEvidence {
  try {
    const read = shape.safeParse(JSON.parse(json ?? ""));
    if (read.success) return read.data;
  } catch {
    // No JSON: the same as none.
  }
  return { kind: "void", path: "", bootId: "", reason: "the reservation says nothing of its network namespace" };
}
