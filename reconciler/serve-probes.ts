/**
 * What probes and Prometheus ask: /metrics, /healthz and /readyz on a port.
 *
 * @module
 */
import { createServer, type Server } from "node:http";

export type ProbeOptions = {
  /** `host:port` or "off"; port 0 takes a free one. */
  readonly http: string;
  readonly metricsText: () => Promise<string>;
  /** Why it has to be ended and begun anew; empty when it need not. */
  readonly unhealthy: () => readonly string[];
  /** Why it cannot do its work; empty when it can. */
  readonly notReady: () => Promise<readonly string[]>;
};

export type Probes = {
  /** Where it really listens; "off" when it does not. */
  readonly http: string;
  readonly stop: () => void;
};

type Reply = { readonly code: number; readonly body: string };

/** Rejects in words when the port cannot be had. */
export async function serveProbes(options: ProbeOptions): Promise<Probes> {
  if (options.http === "off") return { http: "off", stop: () => undefined };
  const server = createServer((request, response) => {
    const isGet = request.method === "GET";
    const made = isGet ? replyTo(options, request.url ?? "") : Promise.resolve({ code: 405, body: "expected GET" });
    void made
      .catch((error: unknown): Reply => ({ code: 500, body: String(error) }))
      .then(({ code, body }) => {
        response.writeHead(code, { "content-type": "text/plain; charset=utf-8" }).end(`${body.trimEnd()}\n`);
      });
  });
  const http = await listen(server, options.http);
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { http, stop };
}

async function replyTo({ metricsText, unhealthy, notReady }: ProbeOptions, url: string): Promise<Reply> {
  switch (url) {
    case "/metrics":
      return { code: 200, body: await metricsText() };
    case "/healthz":
      return verdict(unhealthy());
    case "/readyz":
      return verdict(await notReady());
    default:
      return { code: 404, body: "Cannot find this page: expected /metrics, /healthz or /readyz" };
  }
}

function verdict(reasons: readonly string[]): Reply {
  return reasons.length === 0 ? { code: 200, body: "ok" } : { code: 503, body: reasons.join("\n") };
}

function listen(server: Server, text: string): Promise<string> {
  const colon = text.lastIndexOf(":");
  const host = text.slice(0, colon).replace(/^\[|\]$/g, "");
  return new Promise((resolve, reject) => {
    server.once("error", (error) =>
      reject(new Error(`Cannot listen on "${text}": expected a free address and port (--http): ${error.message}`)),
    );
    server.listen({ host, port: Number(text.slice(colon + 1)) }, () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      resolve(`${text.slice(0, colon)}:${port}`);
    });
  });
}
