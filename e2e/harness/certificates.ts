/** Certificates made with openssl, as an operator makes them. */
import { assertEquals } from "@std/assert";
import { runProcess } from "../../tools/processes/mod.ts";
import { hasProgram } from "./prometheus.ts";

export const HAS_OPENSSL = hasProgram("openssl", "version");

/** Paths of a certificate and its key, PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority in `folder`, which issues certificates for `localhost` and 127.0.0.1. */
export async function certificateAuthority(folder: string, name = "ca") {
  const ca = await request(folder, name, ["-addext", "keyUsage=critical,keyCertSign"]);
  const issue = (name: string): Promise<Certificate> =>
    request(folder, name, [
      ...["-CA", ca.cert, "-CAkey", ca.key],
      ...["-addext", "basicConstraints=critical,CA:FALSE"],
      ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
    ]);
  return { cert: ca.cert, issue };
}

async function request(folder: string, name: string, args: string[]): Promise<Certificate> {
  const cert = `${folder}/${name}.crt`, key = `${folder}/${name}.key`;
  const fixed = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2";
  const command = [...fixed.split(" "), "-subj", `/CN=${name}`, "-keyout", key, "-out", cert];
  const { code, stderr } = await runProcess(["openssl", ...command, ...args]);
  assertEquals([code, code === 0 ? "" : stderr], [0, ""]);
  return { cert, key };
}
