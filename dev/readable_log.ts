/** The services' NDJSON as lines for people, for a terminal. Pure. */
import { printable } from "../platform/mod.ts";

/** Lines held back until the dashboard's address is known. */
const HELD_LINES_MAX = 200;

const VALUE_CHARS_MAX = 80;

/** Named elsewhere in the line, or too long for it. */
const LEFT_OUT = ["ts", "level", "service", "instance", "event", "config"];

const COLORS: Record<string, string> = { DEBUG: "2", WARN: "33", ERROR: "31" };

/**
 * `19:04:07 metrics_server startup url=http://127.0.0.1:8080 port=8080`: time in UTC, level unless
 * INFO, service, event, fields. A line that is no event is returned as it is.
 */
export function readableLine(line: string, is_colored = false): string {
  const event = eventOf(line);
  if (event === null) return printable(line);
  const { ts, level, service, instance, event: name } = event;
  const words = [
    String(ts).slice(11, 19),
    ...level === "INFO" ? [] : [level],
    instance === undefined ? service : `${service} ${instance}`,
    name,
    ...Object.keys(event).filter((field) => !LEFT_OUT.includes(field))
      .map((field) => `${field}=${shown(event[field])}`),
  ];
  const text = printable(words.join(" "));
  const color = is_colored ? COLORS[String(level)] : undefined;
  return color === undefined ? text : `\x1b[${color}m${text}\x1b[0m`;
}

function shown(value: unknown): string {
  const text = typeof value === "string" && !/[\s"=]/.test(value) ? value : JSON.stringify(value);
  return text.length > VALUE_CHARS_MAX ? `${text.slice(0, VALUE_CHARS_MAX)}…` : text;
}

function eventOf(line: string): Record<string, unknown> | null {
  try {
    const event = JSON.parse(line);
    return typeof event === "object" && event !== null && "event" in event ? event : null;
  } catch {
    return null;
  }
}

interface Options {
  write(bytes: Uint8Array): Promise<void>;
  readonly is_colored: boolean;
  /** Service whose `startup` gives the dashboard's address, which becomes the first line. */
  readonly dashboard_of?: string;
}

/** Translates whole lines and writes them, the dashboard's address first. */
export class ReadableLog {
  #held: string[] | null;

  constructor(readonly options: Options) {
    this.#held = options.dashboard_of === undefined ? null : [];
  }

  async add(whole_lines: Uint8Array): Promise<void> {
    const lines = new TextDecoder().decode(whole_lines).split("\n").filter((line) => line !== "");
    if (this.#held === null) return await this.#write(lines);
    const url = lines.map((line) => this.#dashboardIn(line)).find((found) => found !== null);
    this.#held.push(...lines);
    if (url !== undefined) await this.flush([`Dashboard: ${url}/`]);
    else if (this.#held.length >= HELD_LINES_MAX) await this.flush();
  }

  /** Writes the lines held back, after the lines of `head`. */
  async flush(head: readonly string[] = []): Promise<void> {
    const lines = [...head, ...this.#held ?? []];
    this.#held = null;
    await this.#write(lines);
  }

  async #write(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    const text = lines.map((line) => `${readableLine(line, this.options.is_colored)}\n`).join("");
    await this.options.write(new TextEncoder().encode(text));
  }

  #dashboardIn(line: string): string | null {
    const event = line.includes('"startup"') ? eventOf(line) : null;
    const is_it = event?.event === "startup" && event.service === this.options.dashboard_of;
    return is_it ? String(event.url) : null;
  }
}
