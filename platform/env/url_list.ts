/** A variable that lists HTTP URLs, and the ports that `fetch` blocks. */
import { isSecretName, redactUrl } from "../redact.ts";
import { badValue } from "./config_error.ts";
import { defaultOr, type Entry, facts } from "./entry.ts";

/**
 * One or more `http://` or `https://` URLs, separated by commas or blanks; a query may contain
 * commas. Each is unique even
 * as shown, without its credentials, and its port is not blocked by `fetch`.
 */
export function urlList(
  options: { default?: string; max: number; description?: string },
): Entry<string[]> {
  const { max } = options;
  const must_be = "an http:// or https:// URL";
  const given = options.default;
  return {
    facts: facts("URL list", options, given, `1–${max} http:// or https:// URLs`),
    unset: (variable) => parse(variable, defaultOr(given, variable, must_be)),
    read: (variable, text) => ({ value: parse(variable, text) }),
  };

  function parse(variable: string, text: string): string[] {
    const items = text.split(/\s+/).flatMap(itemsOf);
    const urls = items.map((item, index) => {
      const port = writtenPort(item);
      if (port < 1 || port > PORT_MAX) bad(item, `must have a port 1–${PORT_MAX}`);
      if (isBlockedPort(port)) {
        bad(item, `must have another port: fetch blocks ${port}, see ${BLOCKED_PORTS_SOURCE}`);
      }
      return httpUrl(item) ??
        bad(shownPart(items, index), `must be ${must_be}${commaHint(item, index)}`);
    });
    if (urls.length === 0) bad(text, `must be ${must_be}`);
    if (urls.length > max) bad(`${urls.length} URLs`, `must be at most ${max} URLs`);
    // Logs and answers show URLs without credentials, so these must be unique.
    const names = urls.map(redactUrl);
    names.forEach((name, index) => {
      if (names.indexOf(name) === index) return;
      const is_same = urls.indexOf(urls[index]) !== index;
      bad(
        items[index],
        `must name each URL only once${is_same ? "" : ", whatever its credentials"}`,
      );
    });
    return urls;

    function bad(value: string, must: string): never {
      throw badValue(variable, value, must);
    }
  }
}

const PORT_MAX = 65_535;

/** A host with a port and a path: a URL whose scheme is missing. */
const HOST_AND_PATH = /^[^/?]*:\d+\//;

/** URLs of a text without blanks. In a query, a comma separates only if a URL follows. */
function itemsOf(text: string): string[] {
  const items: string[] = [];
  for (const part of text.split(/,+/)) {
    const is_query = items.at(-1)?.includes("?") && part !== "" &&
      !part.includes("://") && !HOST_AND_PATH.test(part);
    if (is_query) items.push(`${items.pop()},${part}`);
    else items.push(part);
  }
  return items.filter((item) => item !== "");
}

/** A later item that is no URL is probably the rest of the one before it. */
function commaHint(item: string, index: number): string {
  return index > 0 && !item.includes(":") ? " (a comma within one is written %2C)" : "";
}

/** An item without its part of a credential, which a comma or a blank may have split. */
function shownPart(items: readonly string[], index: number): string {
  const item = items[index];
  const before = items.slice(0, index).findLast((one) => one.includes("://")) ?? "";
  const name = /[?&;]([^=&?;]+)=[^&]*$/.exec(before)?.[1];
  if (!item.includes("://") && name !== undefined && isSecretName(name)) return "***";
  const rest = items.slice(index + 1);
  const end = rest.findIndex((one) => one.includes("://"));
  const is_userinfo = rest.slice(0, end < 0 ? rest.length : end).some((one) => one.includes("@"));
  return is_userinfo ? item.replace(/^(\w+:\/\/)?.*$/s, "$1***") : item;
}

/** The port in the text, or NaN. `URL` rejects a port that is out of range. */
function writtenPort(text: string): number {
  return Number(/^https?:\/\/[^/?#\\]*:(\d+)(?=$|[/?#\\])/i.exec(text)?.[1] ?? NaN);
}

/** The normalized URL; undefined if it is no `http://` or `https://` URL. */
export function httpUrl(text: string): string | undefined {
  const url = URL.parse(text);
  const is_http = url?.protocol === "http:" || url?.protocol === "https:";
  // URL reads "http:x" and "http:/x" as "http://x/", which is rarely what was meant.
  return is_http && /^https?:\/\//i.test(text) ? url.href : undefined;
}

/** Source of the list. */
export const BLOCKED_PORTS_SOURCE = "https://fetch.spec.whatwg.org/#port-blocking";

// deno-fmt-ignore
const BLOCKED_PORTS: ReadonlySet<number> = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102,
  103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465,
  512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993,
  995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668,
  6669, 6679, 6697, 10080,
]);

/** Whether `fetch` refuses the port with "Requests to port … are blocked". */
export function isBlockedPort(port: number): boolean {
  return BLOCKED_PORTS.has(port);
}
