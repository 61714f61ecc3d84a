/**
 * What people and probes ask the agent: HTTP on the admin socket (root only), and metrics and probes on a port.
 *
 * @module
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type * as z from "zod";
import { readAdminBody } from "../../core/config/admin-body.ts";
import { releaseRequest, type StatusAnswer, unwithholdRequest, withholdRequest } from "../../core/config/admin.ts";
import { failure } from "../../core/failure/failure.ts";
import type { Flow } from "../../core/flow/flow.ts";
import type { OperatorAnswer } from "../../core/flow/operate.ts";
import type { Address } from "../../core/ip/address.ts";
import { parseAddress } from "../../core/ip/address-text.ts";
import { listen } from "./listen.ts";

export type AdminOptions = {
  readonly adminSocket: string;
  /** `host:port` or "off". */
  readonly http: string;
  readonly flow: Flow;
  readonly metricsText: () => Promise<string>;
  /** Why the agent cannot serve; empty when it can. */
  readonly notReady: () => readonly string[];
  readonly status: () => Promise<StatusAnswer>;
};

const bodyBytesMax = 64 * 1024;

type Reply = { readonly code: number; readonly type: "text/plain" | "application/json"; readonly body: string };

export type AdminServer = {
  readonly stop: () => Promise<void>;
  /** Where the port really is, `host:port`: port 0 takes a free one. "off" when there is none. */
  readonly http: string;
};

export async function serveAdmin(options: AdminOptions): Promise<AdminServer> {
  const admin = createServer((request, response) => void reply(response, () => adminReply(options, request)));
  await listen(admin, options.adminSocket);
  const servers: Server[] = [admin];
  let http = "off";
  if (options.http !== "off") {
    const probes = createServer((request, response) => void reply(response, () => probeReply(options, request)));
    http = await listenOnPort(probes, options.http);
    servers.push(probes);
  }
  return {
    http,
    stop: async () => {
      await Promise.all(
        servers.map((server) => new Promise((resolve) => (server.close(resolve), server.closeAllConnections()))),
      );
    },
  };
}

function listenOnPort(server: Server, text: string): Promise<string> {
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

async function reply(response: ServerResponse, make: () => Promise<Reply>): Promise<void> {
  const { code, type, body } = await make().catch(
    (error: unknown): Reply => text(500, `Cannot answer: expected no defect in this program: ${String(error)}`),
  );
  response.writeHead(code, { "content-type": `${type}; charset=utf-8` }).end(body);
}

async function probeReply({ metricsText, notReady }: AdminOptions, { method, url }: IncomingMessage): Promise<Reply> {
  if (method !== "GET") return text(405, "Cannot take this method: expected GET");
  switch (url) {
    case "/metrics":
      return text(200, (await metricsText()).trimEnd());
    case "/healthz":
      return text(200, "ok");
    case "/readyz": {
      const reasons = notReady();
      return reasons.length === 0 ? text(200, "ok") : text(503, reasons.join("\n"));
    }
    default:
      return text(404, "Cannot find this page: expected /metrics, /healthz or /readyz");
  }
}

async function adminReply(options: AdminOptions, request: IncomingMessage): Promise<Reply> {
  const { flow } = options;
  switch (`${request.method} ${request.url}`) {
    case "GET /v1/status":
      return json(200, await options.status());
    case "POST /v1/release":
      return order(request, releaseRequest, (body, address) =>
        flow.release({ network: body.network, address, force: body.force, attempt: body.attempt }),
      );
    case "POST /v1/withhold":
      return order(
        request,
        withholdRequest,
        (body, address) => flow.withhold({ network: body.network, address, reason: body.reason }),
        noHolder,
      );
    case "POST /v1/unwithhold":
      return order(
        request,
        unwithholdRequest,
        (body, address) => flow.unwithhold({ network: body.network, address }),
        noHolder,
      );
    default:
      return probeReply(options, request);
  }
}

/** Reads and checks a body, carries the order out, and tells how it went. Failures of the order are answers, not errors. */
async function order<Schema extends z.ZodType<{ address: string }>>(
  request: IncomingMessage,
  schema: Schema,
  carryOut: (body: z.output<Schema>, address: Address) => Promise<OperatorAnswer>,
  shape: (answer: OperatorAnswer) => object = (answer) => answer,
): Promise<Reply> {
  const body = readAdminBody(schema, await readText(request));
  if (body.kind === "failed") return json(400, body);
  const address = parseAddress(body.body.address);
  if (address === undefined)
    return json(400, { kind: "failed", failure: failure("InvalidRequest", body.body.address, "an address") });
  return json(200, shape(await carryOut(body.body, address)));
}

function noHolder(answer: OperatorAnswer): object {
  return answer.kind === "done" ? { kind: "done", network: answer.network, address: answer.address } : answer;
}

/** What is too large is cut, and is then no JSON. */
async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk) || length > bodyBytesMax) break;
    chunks.push(chunk);
    length += chunk.length;
  }
  return Buffer.concat(chunks).toString("utf8", 0, bodyBytesMax);
}

function text(code: number, body: string): Reply {
  return { code, type: "text/plain", body: `${body}\n` };
}

function json(code: number, body: object): Reply {
  return { code, type: "application/json", body: `${JSON.stringify(body)}\n` };
}
