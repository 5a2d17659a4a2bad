/** Set-Cookie headers (RFC 6265 §5.1–5.2). */

/** A cookie in `response.cookies`. */
interface ResponseCookie {
  name: string;
  /** Without its quotes. */
  value: string;
  /** As the server wrote it. */
  domain: string;
  path: string;
  http_only: boolean;
  secure: boolean;
  /** Seconds; as in k6, −1 means "now" and 0 means "not given". */
  max_age: number;
  /** Epoch milliseconds; 0 if not given. */
  expires: number;
}

/** A parsed header. */
export interface SetCookie {
  readonly cookie: ResponseCookie;
  /** What a request sends back: `name=value` with quotes. */
  readonly pair: string;
  /** When the cookie ends, in epoch milliseconds; Infinity for the end of the session. */
  readonly expires_ms: number;
}

// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;

/** Null if the header has no name, or a control character that no request may send back. */
export function parseSetCookie(header: string, now_ms: number): SetCookie | null {
  const [pair, ...rest] = header.split(";");
  const equals = pair.indexOf("=");
  const name = pair.slice(0, equals).trim(), value = pair.slice(equals + 1).trim();
  if (equals < 0 || name === "" || CONTROL.test(header)) return null;
  const cookie: ResponseCookie = {
    name,
    value: value.replace(/^"(.*)"$/, "$1"),
    domain: "",
    path: "",
    http_only: false,
    secure: false,
    max_age: 0,
    expires: 0,
  };
  let expires_ms: number | null = null;
  for (const attribute of rest) {
    const [key] = attribute.split("=", 1);
    const text = attribute.slice(key.length + 1).trim();
    switch (key.trim().toLowerCase()) {
      case "domain":
        if (text !== "") cookie.domain = text;
        break;
      case "path":
        cookie.path = text;
        break;
      case "httponly":
        cookie.http_only = true;
        break;
      case "secure":
        cookie.secure = true;
        break;
      case "max-age":
        if (/^-?\d+$/.test(text)) cookie.max_age = Number(text) > 0 ? Number(text) : -1;
        break;
      case "expires":
        expires_ms = parseCookieDate(text) ?? expires_ms;
        break;
    }
  }
  cookie.expires = expires_ms ?? 0;
  return {
    cookie,
    pair: `${name}=${value}`,
    expires_ms: endOf(cookie.max_age, expires_ms, now_ms),
  };
}

/** Max-Age has precedence over Expires (§5.3). */
export function endOf(max_age: number, expires_ms: number | null, now_ms: number): number {
  return max_age === 0 ? expires_ms ?? Infinity : now_ms + max_age * 1000;
}

const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

/** Epoch milliseconds of a date in any of its many forms, always UTC (§5.1.1); null if invalid. */
export function parseCookieDate(text: string): number | null {
  let time: number[] | null = null, day = -1, month = -1, year = -1;
  for (const token of text.split(/[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/)) {
    const clock: RegExpExecArray | null = time === null
      ? /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?!\d)/.exec(token)
      : null;
    if (clock !== null) time = clock.slice(1).map(Number);
    else if (day < 0 && /^\d{1,2}(?!\d)/.test(token)) day = parseInt(token);
    else if (month < 0 && MONTHS.includes(token.slice(0, 3).toLowerCase())) {
      month = MONTHS.indexOf(token.slice(0, 3).toLowerCase());
    } else if (year < 0 && /^\d{2,4}(?!\d)/.test(token)) year = parseInt(token);
  }
  if (year >= 70 && year <= 99) year += 1900;
  else if (year >= 0 && year <= 69) year += 2000;
  if (time === null || day < 1 || month < 0 || year < 1601) return null;
  const [hours, minutes, seconds] = time;
  const date_ms = Date.UTC(year, month, day, hours, minutes, seconds);
  const is_real = hours <= 23 && minutes <= 59 && seconds <= 59 &&
    new Date(date_ms).getUTCDate() === day;
  return is_real ? date_ms : null;
}
