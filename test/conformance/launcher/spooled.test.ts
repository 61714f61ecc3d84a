/**
 * A DEL that no agent answers is kept: where, how, and when it cannot be.
 *
 * @module
 */
import { mkdir, readdir, stat, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSpool } from "../../../adapters/spool/open-spool.ts";
import type { Log } from "../../../core/ports/log.ts";
import { stdinBytesMax } from "../../../core/wire/protocol.ts";
import { decodeRequest } from "../../../core/wire/request.ts";
import { spoolName } from "../../../core/wire/spool-name.ts";
import { startFakeAgent } from "../../support/fake-agent.ts";
import { type Bench, launcherNames, makeBench, type Outcome } from "./launchers.ts";
import { configText, environmentOf, errorLine, type Place, placeIn, readSpool } from "./place.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

const ignore = (): void => undefined;
const silent: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

const unwritable = (place: Place, errno: number): string =>
  errorLine(
    5,
    `Cannot write spool "${place.spool}": expected a directory that can be written`,
    `errno ${errno}; run: berthctl doctor`,
  );
const full = (place: Place): string =>
  errorLine(
    5,
    `Cannot write spool "${place.spool}": expected fewer than 4096 calls and 64 MiB there`,
    "start it: systemctl start berth-agent",
  );

describe.each(launcherNames)("the spool of the %s launcher", (name) => {
  const del = (place: Place, ...more: readonly string[]): Promise<Outcome> =>
    bench.run(name, { environment: environmentOf("DEL", place, ...more), stdin: configText });

  it("is made with its parent where they are missing, for root only, and holds one whole file", async () => {
    const place = { ...placeIn(await bench.fresh()) };
    const deep = { ...place, spool: join(dirname(place.spool), "berth", "spool") };
    expect(await del(deep)).toMatchObject({ status: 0, stdout: "", stderr: "" });
    for (const directory of [deep.spool, dirname(deep.spool)]) expect((await stat(directory)).mode & 0o777).toBe(0o700);
    const [entry] = await readSpool(deep);
    if (entry === undefined) throw new Error("nothing spooled");
    const [file, bytes] = entry;
    expect((await stat(join(deep.spool, file))).mode & 0o777).toBe(0o600);
    const decoded = decodeRequest(bytes);
    if (decoded.kind !== "request") throw new Error(`spooled ${decoded.kind}`);
    expect(file).toMatch(new RegExp(`^${spoolName("c1", "net1")}-${decoded.request.started}-[1-9][0-9]*$`));
    expect(Buffer.from(decoded.request.stdin).toString()).toBe(configText);
  });

  it("holds the same bytes as the wire", async () => {
    const place = placeIn(await bench.fresh());
    const agent = await startFakeAgent({ path: place.socket, onVisit: (visit) => visit.close() });
    await del(place, "CNI_ARGS=a\nb\xff");
    const sent = agent.visits[0]?.bytes;
    await agent.stop();
    expect([...(await readSpool(place)).values()]).toEqual([sent]);
    expect(sent?.includes("CNI_ARGS=a\nb\xff", 0, "latin1")).toBe(true);
  });

  it("is named by the bytes of container id and interface", async () => {
    const place = placeIn(await bench.fresh());
    const environment = environmentOf("DEL", place).filter((one) => !/^CNI_(CONTAINERID|IFNAME)/.test(one));
    await bench.run(name, { environment: [...environment, "CNI_CONTAINERID=\xff\xfe", "CNI_IFNAME=\xc3\xbc"] });
    await bench.run(name, { environment });
    const prefixes = [...(await readSpool(place)).keys()].map((file) => file.slice(0, 16));
    const odd = spoolName(Uint8Array.from([0xff, 0xfe]), "ü");
    expect(prefixes.sort()).toEqual([odd, spoolName("", "")].sort());
  });

  it("is read by the agent's side", async () => {
    const place = placeIn(await bench.fresh());
    await del(place, "CNI_ARGS=\xff");
    const calls = await (await openSpool({ directory: place.spool, log: silent })).take("c1", "net1");
    expect(calls.map(({ request }) => request.env.get("CNI_COMMAND"))).toEqual(["DEL"]);
  });

  it("keeps a DEL whose standard input is too long or missing, without it", async () => {
    const place = placeIn(await bench.fresh());
    const environment = environmentOf("DEL", place);
    await bench.run(name, { environment, stdin: Buffer.alloc(stdinBytesMax + 1, " ") });
    await bench.run(name, { environment, redirect: "<&-" });
    const files = [...(await readSpool(place)).values()];
    expect(files).toHaveLength(2);
    for (const bytes of files) expect(bytes.toString()).toContain("BERTH_STDIN=0\0");
  });

  it("fails with code 5 where a file stands in its place, or in its parent's", async () => {
    const place = placeIn(await bench.fresh());
    await writeFile(place.spool, "");
    expect(await del(place)).toMatchObject({ status: 1, stdout: unwritable(place, 20), stderr: "" });
    const below = { ...place, spool: join(place.spool, "spool") };
    expect(await del(below)).toMatchObject({ status: 1, stdout: unwritable(below, 20) });
  });

  it("fails with code 5 where its grandparent is missing", async () => {
    const place = placeIn(await bench.fresh());
    const far = { ...place, spool: join(place.spool, "a", "b") };
    expect(await del(far)).toMatchObject({ status: 1, stdout: unwritable(far, 2) });
  });

  it("fails with code 5 in a directory that takes no files", async () => {
    // procfs takes none from anybody, root included.
    const place = { ...placeIn(await bench.fresh()), spool: "/proc/self/task" };
    const outcome = await del(place);
    expect(outcome.status).toBe(1);
    expect(outcome.stdout).toContain(
      'Cannot write spool \\"/proc/self/task\\": expected a directory that can be written',
    );
  });

  it("fails with code 5 and leaves nothing behind when a file cannot be written to its end", async () => {
    const place = placeIn(await bench.fresh());
    const environment = environmentOf("DEL", place);
    // EFBIG stands for a full disk here: no file may have a byte.
    const outcome = await bench.run(name, { environment, stdin: configText, before: "trap '' XFSZ; ulimit -f 0" });
    expect(outcome).toMatchObject({ status: 1, stdout: unwritable(place, 27), stderr: "" });
    expect(await readdir(place.spool)).toEqual([]);
  });

  it("takes the 4,096th file and refuses the next with code 5", async () => {
    const place = placeIn(await bench.fresh());
    await mkdir(place.spool);
    await Promise.all(Array.from({ length: 4_095 }, (_, index) => writeFile(join(place.spool, `${index}`), "")));
    expect(await del(place)).toMatchObject({ status: 0, stdout: "" });
    expect(await del(place)).toMatchObject({ status: 1, stdout: full(place) });
    expect(await readdir(place.spool)).toHaveLength(4_096);
  });

  it("refuses what would make more than 64 MiB with code 5", async () => {
    const place = placeIn(await bench.fresh());
    await mkdir(place.spool);
    const file = join(place.spool, "sparse");
    await writeFile(file, "");
    await truncate(file, 64 * 1_048_576 - 50);
    expect(await del(place)).toMatchObject({ status: 1, stdout: full(place) });
    await truncate(file, 64 * 1_048_576 - 2_000);
    expect(await del(place)).toMatchObject({ status: 0 });
  });

  it("keeps each of 200 at once", async () => {
    const place = placeIn(await bench.fresh());
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => del(place)));
    expect(outcomes.filter(({ status }) => status !== 0)).toEqual([]);
    const names = [...(await readSpool(place)).keys()];
    expect(names).toHaveLength(200);
    expect(names.filter((file) => file.startsWith("."))).toEqual([]);
  });
});
