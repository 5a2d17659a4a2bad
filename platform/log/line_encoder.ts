/** NDJSON lines as bytes in one reused buffer. Pure; runs in the log worker. */
import { LOG_BATCH_BYTES, LOG_LINE_BYTES_MAX } from "./limits.ts";
import { LINE_START, name, TIMESTAMP_CHARS } from "./line_text.ts";

const ENCODER = new TextEncoder();
const TIMESTAMP_AT = LINE_START.length;
const LATENCY_KEY = ENCODER.encode(',"latency_ms":');
const AGE_KEY = ENCODER.encode(',"age_ms":');
const BYTES_SENT_KEY = ENCODER.encode(',"bytes_sent":');
const ZERO = 48;
const POINT = 46;
const CLOSING_BRACE = 125;
const NEWLINE = 10;

/** 9999-12-31T23:59:59.999Z, the last time with a four-digit year. */
const EPOCH_MS_MAX = 253_402_300_799_999;

/** Largest number formatted with 32-bit arithmetic. */
const SMALL_INTEGER_MAX = 2 ** 31 - 1;

/** Beginning of an endpoint's access lines, up to the status. */
interface Template {
  bytes: Uint8Array;
  ts_ms: number;
}

/** Collects lines until {@link take}. */
export class LineEncoder {
  readonly #out = new Uint8Array(LOG_BATCH_BYTES);
  #length = 0;
  readonly #templates: Template[];
  readonly #debug_templates: Template[];
  readonly #unknown_endpoint: Template;
  readonly #text_start: Template = { bytes: timestampRoom(), ts_ms: NaN };
  readonly #timestamp = new Uint8Array(TIMESTAMP_CHARS);
  #timestamp_ms = NaN;
  #timestamp_second = NaN;

  constructor(service: string, endpoints: readonly string[]) {
    this.#templates = endpoints.map((endpoint) => template(service, endpoint, "INFO"));
    this.#debug_templates = endpoints.map((endpoint) => template(service, endpoint, "DEBUG"));
    this.#unknown_endpoint = template(service, "unknown", "INFO");
  }

  /** Whether one more line of any kind fits. */
  get has_room(): boolean {
    return this.#length <= LOG_BATCH_BYTES - LOG_LINE_BYTES_MAX;
  }

  get length(): number {
    return this.#length;
  }

  take(): Uint8Array {
    const lines = this.#out.subarray(0, this.#length);
    this.#length = 0;
    return lines;
  }

  /** Adds a line; `text` follows the timestamp. */
  text(ts_ms: number, text: Uint8Array): void {
    this.#start(this.#text_start, ts_ms);
    this.#put(text);
  }

  /** Adds an `http.access` line; a value that is not finite is left out. Labels come last. */
  access(
    ts_ms: number,
    endpoint: number,
    status: number,
    latency_ms: number,
    age_ms: number,
    bytes_sent: number,
    label?: Uint8Array,
    label_2?: Uint8Array,
    is_debug = false,
  ): void {
    const templates = is_debug ? this.#debug_templates : this.#templates;
    this.#start(endpoint < templates.length ? templates[endpoint] : this.#unknown_endpoint, ts_ms);
    this.#integer(status);
    if (Number.isFinite(latency_ms)) {
      this.#put(LATENCY_KEY);
      this.#thousandths(Math.round(latency_ms * 1000));
    }
    if (Number.isFinite(age_ms)) {
      this.#put(AGE_KEY);
      this.#integer(Math.round(age_ms));
    }
    if (Number.isFinite(bytes_sent)) {
      this.#put(BYTES_SENT_KEY);
      this.#integer(Math.round(bytes_sent));
    }
    if (label !== undefined) this.#put(label);
    if (label_2 !== undefined) this.#put(label_2);
    this.#out[this.#length++] = CLOSING_BRACE;
    this.#out[this.#length++] = NEWLINE;
  }

  #start(template: Template, ts_ms: number): void {
    if (ts_ms !== template.ts_ms) {
      this.#setTimestamp(ts_ms);
      template.bytes.set(this.#timestamp, TIMESTAMP_AT);
      template.ts_ms = ts_ms;
    }
    this.#put(template.bytes);
  }

  /** Formats only the changed part: many lines share a millisecond, most a second. */
  #setTimestamp(ts_ms: number): void {
    if (ts_ms === this.#timestamp_ms) return;
    const shown_ms = ts_ms >= 0 && ts_ms <= EPOCH_MS_MAX ? Math.floor(ts_ms) : 0;
    const second = Math.floor(shown_ms / 1000);
    if (second !== this.#timestamp_second) {
      ENCODER.encodeInto(new Date(second * 1000).toISOString(), this.#timestamp);
      this.#timestamp_second = second;
    }
    const ms = shown_ms - second * 1000;
    this.#timestamp[20] = ZERO + Math.floor(ms / 100);
    this.#timestamp[21] = ZERO + Math.floor(ms / 10) % 10;
    this.#timestamp[22] = ZERO + ms % 10;
    this.#timestamp_ms = ts_ms;
  }

  #put(bytes: Uint8Array): void {
    this.#out.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #integer(value: number): void {
    if (!(value >= 0 && value <= SMALL_INTEGER_MAX)) return this.#put(ENCODER.encode(`${value}`));
    let rest = value | 0;
    let digits = 1;
    for (let bound = 10; bound <= rest; bound *= 10) digits++;
    const out = this.#out;
    let at = this.#length + digits;
    this.#length = at;
    do {
      const tenth = (rest / 10) | 0;
      out[--at] = ZERO + rest - tenth * 10;
      rest = tenth;
    } while (rest > 0);
  }

  #thousandths(value: number): void {
    if (!(value >= 0 && value <= SMALL_INTEGER_MAX)) {
      return this.#put(ENCODER.encode(`${value / 1000}`));
    }
    const whole = (value / 1000) | 0;
    const fraction = value - whole * 1000;
    this.#integer(whole);
    if (fraction === 0) return;
    const hundredths = (fraction / 10) | 0;
    const tenths = (hundredths / 10) | 0;
    const out = this.#out;
    out[this.#length++] = POINT;
    out[this.#length++] = ZERO + tenths;
    if (fraction === tenths * 100) return;
    out[this.#length++] = ZERO + hundredths - tenths * 10;
    if (fraction === hundredths * 10) return;
    out[this.#length++] = ZERO + fraction - hundredths * 10;
  }
}

function template(service: string, endpoint: string, level: "INFO" | "DEBUG"): Template {
  const head = `","level":"${level}","service":${name(service)},"event":"http.access"`;
  const line = `${LINE_START}${" ".repeat(TIMESTAMP_CHARS)}${head},"endpoint":${name(endpoint)}`;
  return { bytes: ENCODER.encode(`${line},"status":`), ts_ms: NaN };
}

function timestampRoom(): Uint8Array {
  return ENCODER.encode(LINE_START + " ".repeat(TIMESTAMP_CHARS));
}
