/** Files of clients' and sources' access, read again when they change. */
import type { FileSetting, LogSink, Tls } from "../platform/mod.ts";
import { type ClientAccess, openTls, openTokens, type TokenSum } from "./access/mod.ts";
import type { MetricsServerConfig } from "./config/mod.ts";
import { NO_ACCESS, openSourceAccess, type SourceAccess } from "./poll/mod.ts";

interface AccessChanges {
  replaceClientAccess(access: ClientAccess): void;
  replaceSourceAccess(access: SourceAccess): void;
}

export class AccessFiles {
  private constructor(
    readonly tokens: FileSetting<TokenSum[]> | null,
    readonly tls: FileSetting<Tls> | null,
    readonly source_access: FileSetting<SourceAccess> | null,
  ) {}

  /** @throws {ConfigError} A file cannot be read or used. */
  static async open(config: MetricsServerConfig): Promise<AccessFiles> {
    return new AccessFiles(
      await openTokens(config.AUTH_TOKENS_FILE),
      await openTls(config),
      await openSourceAccess(config),
    );
  }

  get clients(): ClientAccess {
    return { tokens: this.tokens?.value ?? null, tls: this.tls?.value ?? null };
  }

  get sources(): SourceAccess {
    return this.source_access?.value ?? NO_ACCESS;
  }

  /** Passes on what changes until they are closed. */
  watch(threads: AccessChanges, log: LogSink): void {
    const replaceClients = () => threads.replaceClientAccess(this.clients);
    this.#watch(this.tokens, log, replaceClients);
    this.#watch(this.tls, log, replaceClients);
    this.#watch(this.source_access, log, () => threads.replaceSourceAccess(this.sources));
  }

  close(): void {
    for (const setting of [this.tokens, this.tls, this.source_access]) setting?.close();
  }

  #watch<T>(setting: FileSetting<T> | null, log: LogSink, onChange: () => void): void {
    setting?.watch(() => {
      onChange();
      log.info("access.reload", { detail: `${Object.keys(setting.files).join(", ")} read again` });
    }, (detail) => log.warn("access.reload", { detail }));
  }
}
