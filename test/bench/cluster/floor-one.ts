/**
 * One bare client in a process of its own: creates reservations, one in flight, each time it is told to by a line with
 * their number on standard input, and answers with how long each took. Arguments: kubeconfig, namespace, its own number.
 *
 * @module
 */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type ClientHttp2Session, connect } from "node:http2";
import { createInterface } from "node:readline";
import type { NewObject } from "../../../core/ports/kube-api.ts";
import { sampleReservation } from "./sample-reservation.ts";

const [kubeconfig = "", namespace = "", own = "0"] = process.argv.slice(2);
const path = `/apis/whereabouts.cni.cncf.io/v1alpha1/namespaces/${namespace}/overlappingrangeipreservations`;
const { clusters, users } = JSON.parse(readFileSync(kubeconfig, "utf8"));
const text = (base64: string) => Buffer.from(base64, "base64").toString();
const { server, "certificate-authority-data": ca } = clusters[0].cluster;
const { token } = users[0].user;
let session: ClientHttp2Session | undefined;
let made = 0;

/** The server closes what was idle for minutes. */
async function opened(): Promise<ClientHttp2Session> {
  if (session !== undefined && !session.closed && !session.destroyed) return session;
  const made = connect(server, { ca: text(ca) });
  made.on("error", () => undefined);
  await once(made, "connect");
  session = made;
  return made;
}

function create(session: ClientHttp2Session, object: NewObject): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      accept: "application/json",
    });
    let answer = "";
    stream.setEncoding("utf8").on("data", (piece) => (answer += piece));
    stream.once("error", reject);
    stream.once("end", () => {
      const object = JSON.parse(answer);
      if (object.kind === "Status") reject(new Error(answer));
      else resolve();
    });
    stream.end(JSON.stringify(object));
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const eachMs: number[] = [];
  const connection = await opened();
  for (let at = 0; at < Number(line); at += 1) {
    made += 1;
    const begun = performance.now();
    await create(connection, sampleReservation(namespace, "floor", Number(own) * 100_000 + made));
    eachMs.push(performance.now() - begun);
  }
  process.stdout.write(`${JSON.stringify(eachMs)}\n`);
}
session?.close();
