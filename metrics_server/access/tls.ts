/** The certificate that clients see. */
import { checkTls, demandPair, FileSetting, type Tls } from "../../platform/mod.ts";
import type { TokenSum } from "./tokens.ts";

/** What the files of clients' access say. Structured-cloneable. */
export interface ClientAccess {
  /** Of `AUTH_TOKENS_FILE`; null: every client may read. */
  readonly tokens: readonly TokenSum[] | null;
  /** Of `TLS_CERT_FILE` and `TLS_KEY_FILE`; null: HTTP without TLS. */
  readonly tls: Tls | null;
}

/** Paths of the files; empty: not set. */
interface TlsFiles {
  readonly TLS_CERT_FILE: string;
  readonly TLS_KEY_FILE: string;
}

/**
 * `TLS_CERT_FILE` and `TLS_KEY_FILE`; null without them.
 *
 * @throws {ConfigError} A file cannot be read or used, or only one is set.
 */
export async function openTls(files: TlsFiles): Promise<FileSetting<Tls> | null> {
  demandPair(files, "TLS_CERT_FILE", "TLS_KEY_FILE");
  const { TLS_CERT_FILE, TLS_KEY_FILE } = files;
  if (TLS_CERT_FILE === "") return null;
  return await FileSetting.open({ TLS_CERT_FILE, TLS_KEY_FILE }, (texts) => {
    const tls = { cert: texts.TLS_CERT_FILE, key: texts.TLS_KEY_FILE };
    checkTls(tls);
    return tls;
  });
}
