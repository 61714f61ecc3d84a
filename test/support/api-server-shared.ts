/**
 * One API server for several test files: who comes first, or a global set-up, starts it; the others ask it. Tests keep
 * apart by namespaces, and stop or restart nothing.
 *
 * @module
 */
import { type ApiServerOptions, startApiServer } from "./api-server.ts";
import { accessOf } from "./api-server-access.ts";
import { readCertified } from "./api-server-certificates.ts";
import { type Cluster, openCluster } from "./api-server-cluster.ts";

/** Tells the processes of the test files where the server is. */
const variable = "BERTH_TEST_API_SERVER";

let own: Promise<Cluster> | undefined;

/** For Vitest's global set-up: starts the server that all test files share. The answer ends it. */
export async function shareApiServer(options: ApiServerOptions = {}): Promise<() => Promise<void>> {
  const { url, directory, etcdUrl, stop } = await startApiServer(options);
  process.env[variable] = JSON.stringify({ url, directory, etcdUrl });
  return async () => {
    delete process.env[variable];
    await stop();
  };
}

/** The shared server; without one, a server of this test file alone, which ends with its process. */
export function sharedApiServer(): Promise<Cluster> {
  const text = process.env[variable];
  own ??= text === undefined ? startApiServer() : Promise.resolve(attach(text));
  return own;
}

function attach(text: string): Cluster {
  const { etcdUrl, ...site }: { url: string; directory: string; etcdUrl: string } = JSON.parse(text);
  return openCluster(site, accessOf(site, "admin", readCertified(site.directory, "admin")), etcdUrl);
}
