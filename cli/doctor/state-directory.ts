/**
 * Can the agent write its state, and is there room?
 *
 * @module
 */
import { fail, type Finding, needsRoot, ok, type Patient, warn } from "./finding.ts";

const what = "state directory";
/** Below this nobody should wait any longer: 60,000 leases with their log have about 80 MiB. */
const tightBytes = 128 * 1024 * 1024;
const scarceBytes = 8 * 1024 * 1024;
const scarceFiles = 16;

export async function checkStateDirectory({ session }: Patient): Promise<readonly Finding[]> {
  const { world, settings } = session;
  const { stateDir } = settings;
  const sight = await world.host.look(stateDir);
  if (sight.kind === "denied") return [needsRoot(what, `${stateDir} is for root only`)];
  if (sight.kind === "absent")
    return [fail(what, `${stateDir} is not there: no agent has run with it`, "run: systemctl start berth-agent")];
  if (sight.kind !== "directory") return [fail(what, `${stateDir} is no directory`, `look at it: ls -ld ${stateDir}`)];
  if (!sight.isWritable) return [unwritable(stateDir)];
  const room = await world.host.room(stateDir);
  const text = room === undefined ? "" : `, ${mebibytes(room.freeBytes)} free`;
  if (room !== undefined && (room.freeBytes < scarceBytes || room.freeFiles < scarceFiles)) {
    const left = room.freeFiles < scarceFiles ? `${room.freeFiles} files` : mebibytes(room.freeBytes);
    return [fail(what, `the disk of ${stateDir} is full: ${left} left`, `free space on it: df -h ${stateDir}`)];
  }
  if (room !== undefined && room.freeBytes < tightBytes)
    return [warn(what, `${stateDir} can be written, but little room is left${text}`, `run: df -h ${stateDir}`)];
  return [ok(what, `${stateDir} can be written${text}`), ...(await reserve(session))];
}

function unwritable(stateDir: string): Finding {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot) return needsRoot(what, `${stateDir} cannot be written by this user`);
  return fail(
    what,
    `${stateDir} cannot be written`,
    `is its file system mounted read-only? run: findmnt -T ${stateDir}`,
  );
}

/** The space kept back for recording DELs on a full disk (DESIGN 7). */
async function reserve({ world, settings }: Patient["session"]): Promise<readonly Finding[]> {
  const { path, bytes } = world.reserve(settings.stateDir);
  const sight = await world.host.look(path);
  if (sight.kind === "file" && sight.bytes === bytes) return [];
  if (sight.kind === "absent" && (await world.host.look(world.statePath(settings.stateDir))).kind === "absent")
    return [];
  const text = `${path} is not whole: the space kept back for recording DELs was given up, or never made`;
  return [warn("reserve", text, `free space on the disk, and the agent makes it again: df -h ${settings.stateDir}`)];
}

function mebibytes(bytes: number): string {
  const mib = bytes / (1024 * 1024);
  return mib >= 1024 ? `${(mib / 1024).toFixed(1)} GiB` : `${mib.toFixed(mib < 10 ? 1 : 0)} MiB`;
}
