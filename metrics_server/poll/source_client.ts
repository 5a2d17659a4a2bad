/** Connections to sources, with certificates and a token. */
import { demandPair, FileSetting } from "../../platform/mod.ts";
import type { Send } from "./source_reader.ts";

/** What the files of {@link openSourceAccess} say. Structured-cloneable; empty: not set. */
export interface SourceAccess {
  /** Authorities that are believed beside the public ones, PEM. */
  readonly ca: string;
  /** Certificate and key that sources may request, PEM. */
  readonly cert: string;
  readonly key: string;
  /** Bearer token (RFC 6750) for sources whose URL has no user. */
  readonly token: string;
}

export const NO_ACCESS: SourceAccess = { ca: "", cert: "", key: "", token: "" };

const VARIABLES = [
  "UPSTREAM_CA_FILE",
  "UPSTREAM_CERT_FILE",
  "UPSTREAM_KEY_FILE",
  "UPSTREAM_TOKEN_FILE",
] as const;

/** Paths of the files; empty: not set. */
export type AccessFiles = Readonly<Record<typeof VARIABLES[number], string>>;

/** Sends requests on connections of its own, one kept for each source. */
export class SourceClient implements Disposable {
  #client: Deno.HttpClient;
  #token: string;

  /** @throws {Error} A certificate or key cannot be used. */
  constructor(access = NO_ACCESS) {
    this.#client = openClient(access);
    this.#token = access.token;
  }

  readonly send: Send = (url, { headers, ...init }) => {
    const is_known = headers.some(([name]) => name === "authorization");
    const bearer: typeof headers = this.#token === "" || is_known
      ? []
      : [["authorization", `Bearer ${this.#token}`]];
    return fetch(url, { ...init, headers: [...headers, ...bearer], client: this.#client });
  };

  /** The next requests are sent on new connections. */
  replace(access: SourceAccess): void {
    const client = openClient(access);
    this.#client.close();
    this.#client = client;
    this.#token = access.token;
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

/**
 * Reads the files, which are read again when they change; null without any.
 *
 * @throws {ConfigError} A file cannot be read or used, or a certificate has no key.
 */
export async function openSourceAccess(
  files: AccessFiles,
): Promise<FileSetting<SourceAccess> | null> {
  demandPair(files, "UPSTREAM_CERT_FILE", "UPSTREAM_KEY_FILE");
  const set = VARIABLES.filter((variable) => files[variable] !== "")
    .map((variable) => [variable, files[variable]]);
  return set.length === 0 ? null : await FileSetting.open(Object.fromEntries(set), parseAccess);
}

function parseAccess(texts: Partial<AccessFiles>): SourceAccess {
  const {
    UPSTREAM_CA_FILE: ca = "",
    UPSTREAM_CERT_FILE: cert = "",
    UPSTREAM_KEY_FILE: key = "",
    UPSTREAM_TOKEN_FILE,
  } = texts;
  const token = UPSTREAM_TOKEN_FILE?.trim() ?? "";
  // Neither the token nor a line of a file is shown.
  if (UPSTREAM_TOKEN_FILE !== undefined && !/^[!-~]+$/.test(token)) {
    throw new Error("the token must be one word of printable ASCII");
  }
  for (const [text, kind] of [[ca, "CERTIFICATE"], [cert, "CERTIFICATE"], [key, "PRIVATE KEY"]]) {
    if (text !== "" && !text.includes(`${kind}-----`)) throw new Error(`has no PEM ${kind}`);
  }
  const access = { ca, cert, key, token };
  new SourceClient(access)[Symbol.dispose]();
  return access;
}

function openClient({ ca, cert, key }: SourceAccess): Deno.HttpClient {
  return Deno.createHttpClient({
    poolMaxIdlePerHost: 1,
    http2: false,
    ...ca !== "" && { caCerts: [ca] },
    ...cert !== "" && { cert, key },
  });
}
