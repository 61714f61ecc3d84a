/**
 * Speaks to the agent's admin socket: HTTP with JSON bodies, every answer held against its schema.
 *
 * @module
 */
import { request as httpRequest } from "node:http";
import type * as z from "zod";
import { readAdminBody } from "../../core/config/admin-body.ts";
import { releaseAnswer, statusAnswer, unwithholdAnswer, withholdAnswer } from "../../core/config/admin.ts";
import type { Admin, Reached, Unreachable } from "../../core/ports/admin.ts";

/** A question is answered from memory; an order waits for the store (PROTOCOL 7: DEL 5 s, ADD 25 s). */
const defaultTimes = { questionMs: 3_000, orderMs: 30_000 };
const answerBytesMax = 1024 * 1024;

/** @param socketPath of the agent's admin socket */
export function createAdminClient(socketPath: string, times = defaultTimes): Admin {
  const order = <S extends z.ZodType>(path: string, schema: S, body: object) =>
    ask({ socketPath, method: "POST", path, timeoutMs: times.orderMs, body }, schema);
  return {
    status: () => ask({ socketPath, method: "GET", path: "/v1/status", timeoutMs: times.questionMs }, statusAnswer),
    release: (body) => order("/v1/release", releaseAnswer, body),
    withhold: (body) => order("/v1/withhold", withholdAnswer, body),
    unwithhold: (body) => order("/v1/unwithhold", unwithholdAnswer, body),
  };
}

type Question = {
  readonly socketPath: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly timeoutMs: number;
  readonly body?: object;
};

async function ask<S extends z.ZodType>(question: Question, schema: S): Promise<Reached<z.output<S>>> {
  const exchanged = await exchange(question);
  if (exchanged.kind === "unreachable") return exchanged;
  const read = readAdminBody(schema, exchanged.text);
  if (read.kind === "body") return { kind: "answer", answer: read.body };
  const reason = `an answer that this berthctl does not know (${read.failure.message})`;
  return { kind: "unreachable", why: "unclear", reason };
}

function exchange(question: Question): Promise<{ readonly kind: "text"; readonly text: string } | Unreachable> {
  const { socketPath, method, path, timeoutMs, body } = question;
  const text = body === undefined ? "" : JSON.stringify(body);
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  return new Promise((resolve) => {
    const fail = (error: unknown) => resolve(unreachable(error));
    const request = httpRequest({ socketPath, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > answerBytesMax) request.destroy(new Error(`an answer of more than ${answerBytesMax} bytes`));
      });
      response.on("error", fail);
      response.on("aborted", () => fail(new Error("half an answer")));
      response.on("end", () => resolve({ kind: "text", text: Buffer.concat(chunks).toString("utf8") }));
    });
    // Over all: a peer that sends a byte now and then is no answer.
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    request.on("error", fail);
    request.on("close", () => clearTimeout(timer));
    request.end(text);
  });
}

function unreachable(error: unknown): Unreachable {
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  const reason = error instanceof Error ? error.message : String(error);
  const isAbsent = code === "ENOENT" || code === "ECONNREFUSED" || code === "ENOTDIR" || code === "ENOTSOCK";
  if (isAbsent) return { kind: "unreachable", why: "absent", reason: code };
  const isDenied = code === "EACCES" || code === "EPERM";
  return { kind: "unreachable", why: isDenied ? "denied" : "unclear", reason };
}
