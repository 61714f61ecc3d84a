/**
 * What probes and Prometheus are answered, on a free port of this machine.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { serveProbes } from "../../reconciler/serve-probes.ts";

const serve = (reasons: readonly string[] = [], metricsText = async () => "a_metric 1\n") =>
  serveProbes({ http: "127.0.0.1:0", metricsText, unhealthy: () => [], notReady: async () => reasons });

async function ask(http: string, path: string, method = "GET") {
  const answer = await fetch(`http://${http}${path}`, { method });
  return `${answer.status} ${await answer.text()}`;
}

describe("the reconciler's port", () => {
  test.each([
    { name: "metrics", path: "/metrics", says: "200 a_metric 1\n" },
    { name: "life", path: "/healthz", says: "200 ok\n" },
    { name: "readiness", path: "/readyz", says: "200 ok\n" },
    {
      name: "anything else",
      path: "/",
      says: "404 Cannot find this page: expected /metrics, /healthz or /readyz\n",
    },
  ])("answers who asks for $name", async ({ path, says }) => {
    const probes = await serve();
    expect(await ask(probes.http, path)).toBe(says);
    probes.stop();
  });

  test("says all reasons why it is not ready", async () => {
    const probes = await serve(["the API server has not been read yet", "no propagation"]);
    expect(await ask(probes.http, "/readyz")).toBe("503 the API server has not been read yet\nno propagation\n");
    expect(await ask(probes.http, "/healthz")).toBe("200 ok\n");
    probes.stop();
  });

  test("says that it has to be begun anew, for a kubelet to do it", async () => {
    const probes = await serveProbes({
      http: "127.0.0.1:0",
      metricsText: async () => "",
      unhealthy: () => ["a run hangs"],
      notReady: async () => [],
    });
    expect(await ask(probes.http, "/healthz")).toBe("503 a run hangs\n");
    expect(await ask(probes.http, "/readyz")).toBe("200 ok\n");
    probes.stop();
  });

  test("takes no orders, and survives a defect of what it asks", async () => {
    const probes = await serve([], async () => {
      throw new Error("a defect");
    });
    expect(await ask(probes.http, "/healthz", "POST")).toBe("405 expected GET\n");
    expect(await ask(probes.http, "/metrics")).toContain("500 ");
    expect(await ask(probes.http, "/healthz")).toBe("200 ok\n");
    probes.stop();
  });

  test("that is taken is told with the flag to change", async () => {
    const first = await serve();
    const second = serveProbes({
      http: first.http,
      metricsText: async () => "",
      unhealthy: () => [],
      notReady: async () => [],
    });
    await expect(second).rejects.toThrow(`Cannot listen on "${first.http}": expected a free address and port (--http)`);
    first.stop();
  });

  test("may be off", async () => {
    const probes = await serveProbes({
      http: "off",
      metricsText: async () => "",
      unhealthy: () => [],
      notReady: async () => [],
    });
    expect(probes.http).toBe("off");
    probes.stop();
  });
});
