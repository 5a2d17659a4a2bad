/** A variable that lists HTTP URLs. */
import { BLOCKED_PORTS_SOURCE, isBlockedPort } from "./blocked_ports.ts";
import { badValue } from "./config_error.ts";
import { defaultOr, type Entry, facts } from "./entry.ts";

/**
 * One or more `http://` or `https://` URLs, separated by commas or blanks, each at most once
 * whatever its credentials, on ports that `fetch` sends requests to.
 *
 * ```ts
 * urlList({ default: "http://127.0.0.1:9001/counters", max: 16, description: "Sources" });
 * ```
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
    const items = text.split(/[\s,]+/).filter((item) => item !== "");
    const urls = items.map((item, index) => {
      const port = writtenPort(item);
      if (port < 1 || port > PORT_MAX) bad(item, `must have a port 1–${PORT_MAX}`);
      if (isBlockedPort(port)) {
        bad(item, `must have another port: fetch blocks ${port}, see ${BLOCKED_PORTS_SOURCE}`);
      }
      return httpUrl(item) ?? bad(item, `must be ${must_be}${commaHint(item, index)}`);
    });
    if (urls.length === 0) bad(text, `must be ${must_be}`);
    if (urls.length > max) bad(`${urls.length} URLs`, `must be at most ${max} URLs`);
    // By what they are told as: two that differ in credentials alone would be one source's name.
    const names = urls.map(withoutCredentials);
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

/** A later item that is no URL at all is rather the rest of the one before it. */
function commaHint(item: string, index: number): string {
  return index > 0 && !item.includes(":") ? " (a comma within one is written %2C)" : "";
}

function withoutCredentials(href: string): string {
  const url = new URL(href);
  url.username = url.password = "";
  return url.href;
}

/** The port as it is written; NaN where there is none. URL itself takes no port out of range. */
function writtenPort(text: string): number {
  return Number(/^https?:\/\/[^/?#\\]*:(\d+)(?=$|[/?#\\])/i.exec(text)?.[1] ?? NaN);
}

function httpUrl(text: string): string | undefined {
  const url = URL.parse(text);
  const is_http = url?.protocol === "http:" || url?.protocol === "https:";
  // URL takes "http:x" and "http:/x" for "http://x/"; people who write that meant something else.
  return is_http && /^https?:\/\//i.test(text) ? url.href : undefined;
}
