/**
 * The certificates and keys of one test's API server, made by openssl: an authority, the server's own, and users'.
 *
 * @module
 */
import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runOrThrow } from "../tools/process.ts";

/** Both in PEM. */
export type CertifiedKey = { readonly certificate: string; readonly key: string };

/** Files of `directory`: `ca.crt`, `ca.key`, `server.crt`, `server.key`, and `sa.key` that signs tokens. */
export async function createAuthority(directory: string): Promise<void> {
  // Without a configuration of its own openssl takes the machine's, which may make every certificate an authority.
  writeFileSync(join(directory, "openssl.cnf"), "[req]\ndistinguished_name = name\n[name]\n");
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeFileSync(join(directory, "sa.key"), privateKey.export({ type: "sec1", format: "pem" }), { mode: 0o600 });
  await certify(directory, "ca", "/CN=berth-test", ["basicConstraints=critical,CA:TRUE", "keyUsage=keyCertSign"]);
  const names = "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc";
  await certify(directory, "server", "/CN=kube-apiserver", [names, "extendedKeyUsage=serverAuth"]);
}

/** A client certificate: the API server takes its CN for the user's name and each O for a group. */
export async function certifyUser(
  directory: string,
  user: string,
  groups: readonly string[] = [],
): Promise<CertifiedKey> {
  const subject = [...groups.map((group) => `/O=${group}`), `/CN=${user}`].join("");
  await certify(directory, fileOf(user), subject, ["extendedKeyUsage=clientAuth"]);
  return readCertified(directory, user);
}

/** What `certifyUser` made for a user. */
export function readCertified(directory: string, user: string): CertifiedKey {
  return { certificate: read(directory, `${fileOf(user)}.crt`), key: read(directory, `${fileOf(user)}.key`) };
}

const fileOf = (user: string): string => `user-${user.replaceAll(/[^\w.-]/g, "-")}`;

async function certify(directory: string, name: string, subject: string, extensions: readonly string[]): Promise<void> {
  const signer = name === "ca" ? [] : ["-CA", join(directory, "ca.crt"), "-CAkey", join(directory, "ca.key")];
  const made = ["-keyout", join(directory, `${name}.key`), "-out", join(directory, `${name}.crt`)];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", subject];
  const added = extensions.flatMap((extension) => ["-addext", extension]);
  const config = join(directory, "openssl.cnf");
  await runOrThrow("openssl", ["req", "-x509", "-config", config, ...kind, ...signer, ...made, ...added]);
}

function read(directory: string, file: string): string {
  return readFileSync(join(directory, file), "utf8");
}
