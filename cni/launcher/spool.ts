/**
 * Keeps a DEL that no agent answered: one file, the same bytes as on the wire, written and then renamed.
 *
 * @module
 */
import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { spoolName } from "../../core/wire/spool-name.ts";
import type { Environment } from "./environment.ts";
import { askDoctor, type Failure, startAgent } from "./output.ts";
import { isSystemError } from "./system.ts";

const filesMax = 4_096;
const bytesMax = 67_108_864;

/** Undefined when it is kept. */
export function spool(request: Uint8Array, environment: Environment, started: bigint): Failure | undefined {
  const path = environment.bytes("BERTH_SPOOL", "/run/berth/spool");
  const attachment = spoolName(environment.bytes("CNI_CONTAINERID", ""), environment.bytes("CNI_IFNAME", ""));
  const failure = { code: 5, what: "write spool", value: path };
  try {
    openSpool(path);
    if (!hasRoom(path, request.length)) {
      return { ...failure, wanted: "fewer than 4096 calls and 64 MiB there", details: startAgent };
    }
    writeFile(path, `${attachment}-${started}-${process.pid}`, request);
    return undefined;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const details = `errno ${-(error.errno ?? 0)}; ${askDoctor}`;
    return { ...failure, wanted: "a directory that can be written", details };
  }
}

/** Makes the directory where it is missing, and its parent with it. Throws when there is none afterwards. */
function openSpool(path: Buffer): void {
  const slash = path.lastIndexOf("/");
  if (makeDirectory(path) === "ENOENT" && slash > 0) {
    makeDirectory(path.subarray(0, slash));
    makeDirectory(path);
  }
  closeSync(openSync(path, constants.O_RDONLY | constants.O_DIRECTORY));
}

/** The error's code; "" when there is none. */
function makeDirectory(path: Buffer): string {
  try {
    mkdirSync(path, { mode: 0o700 });
    return "";
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return error.code ?? "";
  }
}

function hasRoom(path: Buffer, length: number): boolean {
  const names = readdirSync(path, { encoding: "buffer" });
  let bytes = length;
  for (const name of names) bytes += lstatSync(inside(path, name), { throwIfNoEntry: false })?.size ?? 0;
  return names.length < filesMax && bytes <= bytesMax;
}

function writeFile(directory: Buffer, name: string, bytes: Uint8Array): void {
  const temporary = inside(directory, Buffer.from(`.tmp-${name}`));
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const fd = openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    renameSync(temporary, inside(directory, Buffer.from(name)));
  } catch (error) {
    unlinkSync(temporary);
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** Bytes, not text: a path need not be UTF-8. */
function inside(directory: Buffer, name: Buffer): Buffer {
  return Buffer.concat([directory, Buffer.from("/"), name]);
}
