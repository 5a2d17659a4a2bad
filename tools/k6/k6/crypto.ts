/** Module `k6/crypto`. */
import { Buffer } from "node:buffer";
import { createHash as nodeHash, createHmac, randomBytes as nodeRandomBytes } from "node:crypto";
import { bytesOf } from "../http/form.ts";

const ALGORITHMS = [
  "md4",
  "md5",
  "sha1",
  "sha256",
  "sha384",
  "sha512",
  "sha512_224",
  "sha512_256",
  "ripemd160",
];

type Input = string | ArrayBuffer;

/** Collects input; `digest` may be called repeatedly. */
class Hasher {
  readonly #parts: Uint8Array[] = [];
  readonly #make: () => { update(part: Uint8Array): unknown; digest(): Uint8Array };

  constructor(make: () => { update(part: Uint8Array): unknown; digest(): Uint8Array }) {
    this.#make = make;
  }

  update(input: Input): void {
    this.#parts.push(toBytes(input).slice());
  }

  digest(encoding: string): string | ArrayBuffer {
    const hash = this.#make();
    for (const part of this.#parts) hash.update(part);
    return encode(hash.digest(), encoding);
  }
}

export function createHash(algorithm: string): Hasher {
  const name = nameOf(algorithm);
  return new Hasher(() => nodeHash(name));
}

export function createHMAC(algorithm: string, secret: Input): Hasher {
  const name = nameOf(algorithm), key = toBytes(secret).slice();
  return new Hasher(() => createHmac(name, key));
}

export function hmac(algorithm: string, secret: Input, input: Input, encoding: string) {
  const hasher = createHMAC(algorithm, secret);
  hasher.update(input);
  return hasher.digest(encoding);
}

export function randomBytes(size: number): ArrayBuffer {
  return new Uint8Array(nodeRandomBytes(size)).buffer;
}

function digestOf(algorithm: string) {
  return (input: Input, encoding: string): string | ArrayBuffer => {
    const hasher = createHash(algorithm);
    hasher.update(input);
    return hasher.digest(encoding);
  };
}

export const [md4, md5, sha1, sha256, sha384, sha512, sha512_224, sha512_256, ripemd160] =
  ALGORITHMS.map(digestOf);

/** The name in Node. */
function nameOf(algorithm: string): string {
  if (ALGORITHMS.includes(algorithm)) return algorithm.replace("_", "-");
  throw new TypeError(
    `crypto: the algorithm must be one of ${ALGORITHMS.join(", ")}, got "${algorithm}"`,
  );
}

function toBytes(input: Input): Uint8Array {
  return bytesOf(input) ?? new TextEncoder().encode(String(input));
}

function encode(digest: Uint8Array, encoding: string): string | ArrayBuffer {
  const bytes = Buffer.from(digest);
  switch (encoding) {
    case "hex":
    case "base64":
      return bytes.toString(encoding);
    case "base64rawurl":
      return bytes.toString("base64url");
    case "base64url":
      return bytes.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
    case "binary":
      return new Uint8Array(digest).buffer;
    default:
      throw new TypeError(
        "crypto: the output must be hex, base64, base64url, base64rawurl or binary, " +
          `got "${encoding}"`,
      );
  }
}

const digests = { md4, md5, sha1, sha256, sha384, sha512, sha512_224, sha512_256, ripemd160 };

export default { createHash, createHMAC, hmac, randomBytes, ...digests };
