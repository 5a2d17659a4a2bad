/** Text of a log line. Pure; runs on the thread that logs, for all but access lines. */
import { LOG_CUT_VALUE_CHARS_MAX, LOG_LINE_BYTES_MAX, LOG_NAME_CHARS_MAX } from "./limits.ts";
import type { LogLevel } from "./log.ts";

/** Start of every line; the timestamp follows, then {@link lineText}. */
export const LINE_START = '{"ts":"';

/** Characters of `2026-01-31T23:59:59.999Z`. */
export const TIMESTAMP_CHARS = 24;

/** Names every line has; a field of that name gets a trailing underscore. */
const RESERVED_NAMES = new Set(["ts", "level", "service", "event", "fields_cut"]);

/** A replacer of `JSON.stringify`. */
type Replacer = (name: string, value: unknown) => unknown;

/** Room for `,"fields_cut":` with a count, and `}` with the newline. */
const LINE_END_BYTES_MAX = 32;

const ENCODER = new TextEncoder();

/**
 * A line after its timestamp, with the newline. The whole line has at most {@link
 * LOG_LINE_BYTES_MAX} bytes. Accepts any value: a value that is not JSON is replaced by a text with
 * the reason, and a value without room is cut and counted in `fields_cut`.
 *
 * ```ts
 * lineText("WARN", "data_server", "log.dropped", { lines: 3 });
 * // ","level":"WARN","service":"data_server","event":"log.dropped","lines":3}\n
 * ```
 */
export function lineText(
  level: LogLevel,
  service: string,
  event: string,
  fields: Record<string, unknown>,
  replacer?: Replacer,
): Uint8Array {
  let line = `","level":"${level}","service":${name(service)},"event":${name(event)}`;
  let room = LOG_LINE_BYTES_MAX - LINE_START.length - TIMESTAMP_CHARS - LINE_END_BYTES_MAX -
    byteLength(line);
  let fields_cut = 0;
  for (const [field, json] of jsonFields(fields, replacer)) {
    const key = `,${name(RESERVED_NAMES.has(field) ? `${field}_` : field)}:`;
    const whole = key + json;
    const bytes = byteLength(whole);
    if (bytes <= room) {
      line += whole;
      room -= bytes;
      continue;
    }
    fields_cut++;
    const part = key + cutValue(json);
    const part_bytes = byteLength(part);
    if (part_bytes > room) continue;
    line += part;
    room -= part_bytes;
  }
  return ENCODER.encode(`${line}${fields_cut > 0 ? `,"fields_cut":${fields_cut}` : ""}}\n`);
}

/** JSON text of a name, cut to {@link LOG_NAME_CHARS_MAX}. */
export function name(text: string): string {
  const shown = text.length > LOG_NAME_CHARS_MAX ? cut(text, LOG_NAME_CHARS_MAX) : text;
  return inert(JSON.stringify(shown));
}

function byteLength(text: string): number {
  return ENCODER.encode(text).length;
}

function* jsonFields(
  fields: Record<string, unknown>,
  replacer: Replacer | undefined,
): Generator<[string, string]> {
  for (const field of Object.keys(fields)) {
    const json = jsonValue(fields, field, replacer);
    if (json !== undefined) yield [field, json];
  }
}

function jsonValue(
  fields: Record<string, unknown>,
  field: string,
  replacer: Replacer | undefined,
): string | undefined {
  try {
    const value = fields[field];
    const shown = value instanceof Error ? `${value.name}: ${value.message}` : value;
    const json = JSON.stringify(shown, replacer);
    return json === undefined ? undefined : inert(json);
  } catch (error) {
    return JSON.stringify(`[not loggable: ${reason(error)}]`);
  }
}

/**
 * JSON text with the same value, without characters that a terminal or viewer acts on: C1 controls
 * and format characters such as bidi overrides. JSON itself escapes the C0 controls.
 */
export function inert(json: string): string {
  return json.replace(ACTING, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** All of them are single UTF-16 units; others of the class `Cf` are tags without an effect. */
const ACTING = /[\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

function reason(error: unknown): string {
  // The message about a cycle has several lines; the first one is enough.
  return error instanceof Error ? error.message.split("\n")[0] : "it threw";
}

/** A JSON string with the beginning of a value. */
function cutValue(json: string): string {
  const text = json.startsWith('"') ? JSON.parse(json) as string : json;
  return inert(JSON.stringify(cut(text, LOG_CUT_VALUE_CHARS_MAX)));
}

function cut(text: string, chars_max: number): string {
  return text.length > chars_max ? `${text.slice(0, chars_max).toWellFormed()}…` : text;
}
