/**
 * Tokens of readers, of which only names and SHA-256 sums are known.
 *
 *     Authorization ──▶ checked before? ──▶ SHA-256 ──▶ compared with every sum in constant time
 */
import { ConfigError, FileSetting, HEADER_CHARS_MAX } from "../../platform/mod.ts";

/** Most tokens of `AUTH_TOKENS_FILE`. */
export const TOKENS_MAX = 1000;

/** Accepted values of `Authorization` that are remembered. */
const ACCEPTED_MAX = 4096;

/** A token's name and the SHA-256 sum of its text. */
export interface TokenSum {
  readonly name: string;
  readonly sum: Uint8Array<ArrayBuffer>;
}

const LINE = /^(\S+)\s+sha256:([0-9a-f]{64})$/;

/**
 * Reads the lines `name sha256:<hex>`; `#` begins a comment.
 *
 * @throws {Error} A line has another form, a name is repeated, or there is no token.
 */
export function parseTokens(text: string): TokenSum[] {
  const tokens = new Map<string, TokenSum>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const entry = line.replace(/(^|\s)#.*$/, "").trim();
    if (entry === "") continue;
    const [, name, hex] = LINE.exec(entry) ?? [];
    // The line is not shown, because it may hold a token.
    if (name === undefined) throw new Error(`line ${index + 1}: must be name sha256:<64 hex>`);
    if (tokens.has(name)) throw new Error(`line ${index + 1}: the name ${name} is repeated`);
    if (tokens.size === TOKENS_MAX) throw new Error(`more than ${TOKENS_MAX} tokens`);
    tokens.set(name, { name, sum: Uint8Array.fromHex(hex) });
  }
  if (tokens.size === 0) throw new Error("no token: deno task metrics --new-token NAME makes one");
  return [...tokens.values()];
}

/** A line for `AUTH_TOKENS_FILE` and its token, of 256 random bits. */
export async function newToken(name: string): Promise<{ line: string; token: string }> {
  if (!/^[^\s#]+$/.test(name)) throw new ConfigError(`--new-token ${name}: must be one word`);
  const token = crypto.getRandomValues(new Uint8Array(32)).toHex();
  return { line: `${name} sha256:${(await sumOf(token)).toHex()}`, token };
}

/** Checks the credentials of requests. */
export class Tokens {
  #sums: readonly TokenSum[];
  /** Values of `Authorization` accepted since the tokens changed. */
  readonly #accepted = new Set<string>();

  constructor(sums: readonly TokenSum[]) {
    this.#sums = sums;
  }

  /** Forgets what the tokens before accepted. */
  replace(sums: readonly TokenSum[]): void {
    this.#sums = sums;
    this.#accepted.clear();
  }

  /** Whether a value of `Authorization` has a token; at once for a repeated or a wrong form. */
  accepts(authorization: string | null): boolean | Promise<boolean> {
    if (authorization === null || authorization.length > HEADER_CHARS_MAX) return false;
    if (this.#accepted.has(authorization)) return true;
    const token = tokenOf(authorization);
    return token !== null && this.#check(authorization, token);
  }

  async #check(authorization: string, token: string): Promise<boolean> {
    const sum = await sumOf(token);
    let is_known = false;
    // Every sum is compared in full, so that the time shows neither which one nor how much matched.
    for (const known of this.#sums) if (isEqual(known.sum, sum)) is_known = true;
    if (!is_known) return false;
    if (this.#accepted.size >= ACCEPTED_MAX) this.#accepted.clear();
    this.#accepted.add(authorization);
    return true;
  }
}

/** The token of `Bearer <token>`, or the password of `Basic <base64>`; null for other forms. */
function tokenOf(authorization: string): string | null {
  const [, scheme, value] = /^(bearer|basic) +(\S+)$/i.exec(authorization) ?? [];
  if (scheme === undefined) return null;
  if (scheme.toLowerCase() === "bearer") return value;
  try {
    const pair = atob(value);
    const colon = pair.indexOf(":");
    return colon < 0 ? null : pair.slice(colon + 1);
  } catch {
    return null;
  }
}

async function sumOf(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a[i] ^ b[i];
  return difference === 0;
}

/** `AUTH_TOKENS_FILE`; null if it is not set. Throws `ConfigError`. */
export async function openTokens(path: string): Promise<FileSetting<TokenSum[]> | null> {
  return path === "" ? null : await FileSetting.open(
    { AUTH_TOKENS_FILE: path },
    (texts) => parseTokens(texts.AUTH_TOKENS_FILE),
  );
}
