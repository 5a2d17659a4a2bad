import type { Log, LogFields } from "../../platform/mod.ts";

/** One logged line. */
interface Recorded {
  level: "debug" | "info" | "warn" | "error";
  event: string;
  fields: LogFields;
}

export class RecordingLog implements Log {
  readonly lines: Recorded[] = [];
  readonly access_on = true;
  readonly debug_on = false;
  readonly lines_dropped = 0;
  readonly #endpoints: readonly string[];

  constructor(endpoints: readonly string[] = []) {
    this.#endpoints = endpoints;
  }

  of(event: string): LogFields[] {
    return this.lines.filter((line) => line.event === event).map((line) => line.fields);
  }

  debug = (event: string, fields: LogFields = {}) => this.#add("debug", event, fields);
  info = (event: string, fields: LogFields = {}) => this.#add("info", event, fields);
  warn = (event: string, fields: LogFields = {}) => this.#add("warn", event, fields);
  error = (event: string, fields: LogFields = {}) => this.#add("error", event, fields);

  access(
    _ts_ms: number,
    endpoint: number,
    status: number,
    latency_ms: number,
    age_ms: number,
    bytes_sent: number,
  ): void {
    const endpoint_name = this.#endpoints[endpoint];
    this.#add("info", "http.access", {
      endpoint: endpoint_name,
      status,
      latency_ms,
      age_ms,
      bytes_sent,
    });
  }

  accessFields = (fields: LogFields) => this.#add("info", "http.access", fields);

  label(): boolean {
    return false;
  }

  #add(level: Recorded["level"], event: string, fields: LogFields): void {
    this.lines.push({ level, event, fields });
  }
}
