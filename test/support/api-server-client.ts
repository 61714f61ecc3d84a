/**
 * A small client for tests that look at the API server by themselves: one request, one answer, nothing hidden.
 *
 * @module
 */
import { Agent, request as startRequest } from "node:https";
import type { KubeObject, Resource } from "../../core/ports/kube-api.ts";

export type ClientOptions = {
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  readonly credentials: Credentials;
  /** What the audit log knows it by. */
  readonly userAgent: string;
};

/** PEM texts, or a bearer token. */
export type Credentials = { readonly certificate: string; readonly key: string } | { readonly token: string };

export type TestRequest = {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  /** A text is sent as it stands. */
  readonly body?: object | string;
  /** Left out: `application/json`. */
  readonly contentType?: string;
  /** Left out: whatever the server sends, which is JSON. */
  readonly accept?: string;
};

export type TestAnswer = {
  readonly status: number;
  /** Of a `Status` object: "AlreadyExists", "Invalid", …; "" in any other answer. */
  readonly reason: string;
  readonly message: string;
  readonly text: string;
  /** What the text says in JSON; an object of nothing but an empty name where it is no JSON. */
  readonly object: KubeObject;
};

export type ApiClient = {
  /** Rejects when the connection breaks before the answer is there. */
  readonly request: (request: TestRequest) => Promise<TestAnswer>;
  /** @throws Error with the server's words on any other status than 2xx */
  readonly ask: (request: TestRequest) => Promise<KubeObject>;
  /** Closes the connections it keeps. */
  readonly close: () => void;
};

export function createApiClient(options: ClientOptions): ApiClient {
  const { url, ca, credentials, userAgent } = options;
  const isToken = "token" in credentials;
  const agent = new Agent({
    ca,
    keepAlive: true,
    ...(isToken ? {} : { cert: credentials.certificate, key: credentials.key }),
  });
  const headers = { "user-agent": userAgent, ...(isToken ? { authorization: `Bearer ${credentials.token}` } : {}) };
  const request = ({ method, path, body, contentType, accept }: TestRequest) => {
    const { promise, resolve, reject } = Promise.withResolvers<TestAnswer>();
    const text = typeof body === "string" ? body : body === undefined ? undefined : JSON.stringify(body);
    const sent = startRequest(new URL(path, url), {
      method,
      agent,
      headers: {
        ...headers,
        ...(accept === undefined ? {} : { accept }),
        ...(text === undefined ? {} : bodyHeaders(text, contentType)),
      },
    });
    sent.once("error", reject);
    sent.once("response", (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.once("error", reject);
      response.once("end", () => resolve(answerOf(response.statusCode ?? 0, Buffer.concat(pieces).toString())));
    });
    sent.end(text);
    return promise;
  };
  const ask = async (what: TestRequest) => {
    const answer = await request(what);
    if (answer.status >= 200 && answer.status < 300) return answer.object;
    throw new Error(
      `Cannot ${what.method} "${what.path}": expected status 2xx, got ${answer.status}: ${answer.message || answer.text}`,
    );
  };
  return { request, ask, close: () => agent.destroy() };
}

/** The length has to be said: Node sends the body of a DELETE without one, which the server takes for another request. */
function bodyHeaders(text: string, contentType = "application/json"): { readonly [name: string]: string } {
  return { "content-type": contentType, "content-length": String(Buffer.byteLength(text)) };
}

/** Where objects of a kind are, in URLs: the collection, or one of them. */
export function pathOf(resource: Resource, namespace?: string, name?: string): string {
  const group = resource.group === "" ? "/api" : `/apis/${resource.group}`;
  const within = resource.namespaced && namespace !== undefined ? `/namespaces/${namespace}` : "";
  const one = name === undefined ? "" : `/${encodeURIComponent(name)}`;
  return `${group}/${resource.version}${within}/${resource.plural}${one}`;
}

function answerOf(status: number, text: string): TestAnswer {
  const object = parsed(text);
  const isStatus = object["kind"] === "Status";
  const word = (field: string) => (isStatus && typeof object[field] === "string" ? object[field] : "");
  return { status, reason: word("reason"), message: word("message"), text, object };
}

function parsed(text: string): KubeObject {
  try {
    return JSON.parse(text);
  } catch {
    return { metadata: { name: "" } };
  }
}
