/**
 * The agent's answer: exit status in decimal, `\n`, standard output, end of stream.
 *
 * Standard output is empty or one line that ends in `\n`; so a launcher can tell half an answer from a whole one.
 *
 * @module
 */
import { answerBytesMax } from "./protocol.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

export type AnswerDecoding =
  | { readonly kind: "answer"; readonly status: number; readonly stdout: Uint8Array }
  /** The stream ended too early, or it is no answer: as if nothing had come. */
  | { readonly kind: "half" };

/**
 * @param status 0 to 255
 * @param stdout empty, or one line that ends in `\n`
 * @throws RangeError for what a launcher would take for half an answer: a defect of the caller
 */
export function encodeAnswer(status: number, stdout: string): Uint8Array {
  const isStatus = Number.isInteger(status) && status >= 0 && status <= 255;
  const isLine = stdout === "" ? status === 0 : stdout.indexOf("\n") === stdout.length - 1;
  if (!isStatus || !isLine) {
    throw new RangeError(`Cannot encode answer "${status}": expected a status of 0 to 255 and one line of output`);
  }
  return encodeUtf8(`${status}\n${stdout}`);
}

/**
 * Judges a stream that has ended.
 *
 * @param command `CNI_COMMAND`: an ADD that succeeds has a result
 */
export function decodeAnswer(bytes: Uint8Array, command: string): AnswerDecoding {
  const half = { kind: "half" } as const;
  const lineEnd = bytes.subarray(0, 4).indexOf(0x0a);
  if (lineEnd === -1 || bytes.length > answerBytesMax) return half;
  const text = decodeUtf8(bytes.subarray(0, lineEnd)) ?? "";
  if (!/^[0-9]{1,3}$/.test(text)) return half;
  const status = Number(text);
  const stdout = bytes.subarray(lineEnd + 1);
  const isWhole = stdout.length === 0 ? status === 0 && command !== "ADD" : stdout.at(-1) === 0x0a;
  return status <= 255 && isWhole ? { kind: "answer", status, stdout } : half;
}
