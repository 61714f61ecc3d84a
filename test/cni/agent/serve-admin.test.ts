/**
 * What people and probes get: answers, refusals with their reasons, and never a broken program.
 *
 * @module
 */
import { createServer, request } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { serveAdmin } from "../../../cni/agent/serve-admin.ts";
import { createClock } from "../../../adapters/system/clock.ts";
import type { StatusAnswer } from "../../../core/config/admin.ts";
import { ownWorld } from "../../support/own-world.ts";
import { temporaryDirectory } from "../../support/state-file.ts";
import type { World } from "../../support/world.ts";

const status: StatusAnswer = {
  kind: "failed",
  failure: { name: "NotReady", code: 50, message: "Cannot", details: "" },
};

let directory: ReturnType<typeof temporaryDirectory>;
let world: World;
let reasons: string[] = [];
let metricsText = async (): Promise<string> => "berth_build_info 1\n";
const stops: (() => Promise<void>)[] = [];

beforeEach(() => {
  directory = temporaryDirectory();
  // Real time: nobody turns the clock while HTTP waits.
  world = ownWorld({ wrap: (ports) => ({ ...ports, clock: createClock() }) });
  reasons = [];
  metricsText = async () => "berth_build_info 1\n";
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  directory.remove();
});

const socketPath = (): string => join(directory.path, "admin.sock");

/** Returns where the port is. */
async function serve(asked = "off"): Promise<To> {
  const { stop, http } = await serveAdmin({
    adminSocket: socketPath(),
    http: asked,
    flow: world.flow,
    metricsText: () => metricsText(),
    notReady: () => reasons,
    status: async () => status,
  });
  stops.push(stop);
  return { host: "127.0.0.1", port: Number(http.split(":").at(-1)) };
}

type To = { readonly socketPath: string } | { readonly host: string; readonly port: number };

function ask(to: To, method: string, path: string, body = ""): Promise<{ code: number; type: string; text: string }> {
  return new Promise((resolve, reject) => {
    const asking = request({ ...to, method, path, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      response.once("error", reject);
      response.once("end", () =>
        resolve({ code: response.statusCode ?? 0, type: response.headers["content-type"] ?? "", text }),
      );
    });
    asking.once("error", reject).end(body);
  });
}

const post = async (path: string, body: object | string) => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const answer = await ask({ socketPath: socketPath() }, "POST", path, text);
  return {
    code: answer.code,
    body: JSON.parse(answer.text) as { kind: string; failure?: { name: string; message: string } },
  };
};

describe("the admin socket", () => {
  test("withholds, gives back and releases", async () => {
    await serve();
    const place = { network: "blue", address: "10.0.0.1" };
    expect(await post("/v1/withhold", { ...place, reason: "printer" })).toEqual({
      code: 200,
      body: { kind: "done", ...place },
    });
    expect(await post("/v1/unwithhold", place)).toEqual({ code: 200, body: { kind: "done", ...place } });
    expect((await post("/v1/release", place)).body).toMatchObject({
      kind: "failed",
      failure: { name: "LeaseMissing" },
    });
  });

  test("tells the status, also of a failure", async () => {
    await serve();
    const answer = await ask({ socketPath: socketPath() }, "GET", "/v1/status");
    expect([answer.type, JSON.parse(answer.text)]).toEqual(["application/json; charset=utf-8", status]);
  });

  test.each([
    { name: "no JSON", body: "{", says: /a key in double quotes/ },
    { name: "nothing", body: "", says: /JSON/ },
    { name: "a word for an address", body: '{"network":"","address":"printer","reason":"x"}', says: /address/ },
    { name: "a field that is not known", body: '{"address":"10.0.0.1","reason":"x","colour":"blue"}', says: /colour/ },
    { name: "a field twice", body: '{"address":"10.0.0.1","address":"10.0.0.2","reason":"x"}', says: /once/ },
    { name: "no reason", body: '{"address":"10.0.0.1","reason":""}', says: /reason/ },
    { name: "more than 64 KiB", body: `{"address":"10.0.0.1","reason":"${"x".repeat(200_000)}"}`, says: /JSON/ },
  ])("refuses a body of $name with 400 and why, and changes nothing", async ({ body, says }) => {
    await serve();
    const answer = await post("/v1/withhold", body);
    expect(answer).toMatchObject({ code: 400, body: { kind: "failed" } });
    expect(answer.body.failure?.message).toMatch(says);
    expect(await world.held()).toEqual([]);
  });

  test("answers 404 and 405 in words", async () => {
    await serve();
    expect(await ask({ socketPath: socketPath() }, "GET", "/v2/status")).toMatchObject({
      code: 404,
      text: expect.stringContaining("expected /metrics"),
    });
    expect(await ask({ socketPath: socketPath() }, "DELETE", "/v1/status")).toMatchObject({ code: 405 });
  });
});

describe("the port", () => {
  test("has metrics and probes, and none of the orders", async () => {
    const to = await serve("127.0.0.1:0");
    expect(await ask(to, "GET", "/metrics")).toMatchObject({ code: 200, text: "berth_build_info 1\n" });
    expect(await ask(to, "GET", "/healthz")).toMatchObject({ code: 200, text: "ok\n" });
    expect(await ask(to, "GET", "/readyz")).toMatchObject({ code: 200, text: "ok\n" });
    expect(await ask(to, "GET", "/v1/status")).toMatchObject({ code: 404 });
    expect(await ask(to, "POST", "/v1/release", "{}")).toMatchObject({ code: 405 });
  });

  test("is not ready, with the reasons, while it cannot serve; it is healthy all the same", async () => {
    const to = await serve("127.0.0.1:0");
    reasons = ["the disk is full", "the import has not been done"];
    expect(await ask(to, "GET", "/readyz")).toMatchObject({
      code: 503,
      text: "the disk is full\nthe import has not been done\n",
    });
    expect(await ask(to, "GET", "/healthz")).toMatchObject({ code: 200 });
  });

  test("a defect is told with 500 and does not end the agent", async () => {
    const to = await serve("127.0.0.1:0");
    metricsText = () => Promise.reject(new Error("broken"));
    expect(await ask(to, "GET", "/metrics")).toMatchObject({ code: 500, text: expect.stringContaining("broken") });
    expect(await ask(to, "GET", "/healthz")).toMatchObject({ code: 200 });
  });

  test("that is taken is refused by name", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const address = taken.address();
    const text = `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
    await expect(serve(text)).rejects.toThrow(`Cannot listen on "${text}": expected a free address and port (--http)`);
    await new Promise((resolve) => taken.close(resolve));
  });
});
