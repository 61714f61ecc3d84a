/**
 * Asks a running agent how it is, and waits for what it can be asked for.
 *
 * @module
 */
import { request } from "node:http";
import type { StatusAnswer } from "../../core/config/admin.ts";
import type { AgentPlace } from "./agent-process.ts";

type Status = Extract<StatusAnswer, { kind: "done" }>;

export function ask(place: AgentPlace, path: string, body?: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request(
      { socketPath: place.adminSocket, path, method: body === undefined ? "GET" : "POST" },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.once("end", () => resolve(text));
      },
    );
    asking.once("error", reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

export async function statusOf(place: AgentPlace): Promise<Status> {
  return JSON.parse(await ask(place, "/v1/status")) as Status;
}

/** Asks until nothing is on its way and the spool is empty; throws after 30 s. */
export async function settled(place: AgentPlace, isEnough: (status: Status) => boolean = () => true): Promise<Status> {
  const until = performance.now() + 30_000;
  for (;;) {
    const status = await statusOf(place);
    if (status.freeing === 0 && status.intents === 0 && status.spool.files === 0 && isEnough(status)) return status;
    if (performance.now() > until) throw new Error(`the agent never settled: ${JSON.stringify(status)}`);
  }
}
