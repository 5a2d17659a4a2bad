/** Checks the answers of one connection, as a text with a character for each byte. */
import { bytesOfPart } from "./fuzz.ts";

/**
 * The broken invariant of a connection's answers.
 *
 * @param is_cut Whether the connection was reset: a server that closes it for bytes that are no
 *     request may lose the end of the answer before.
 */
export function brokenAnswers(text: string, is_cut = false): string | null {
  for (let at = 0; at < text.length;) {
    const end = text.indexOf("\r\n\r\n", at);
    const head = text.slice(at, end < 0 ? undefined : end);
    const match = /^HTTP\/1\.[01] ([1-5]\d\d)(?: [^\r\n]*)?(\r\n[!#-'*+.^`|~\w-]+:[^\r\n]*)*$/.exec(
      head,
    );
    if (end < 0 && is_cut) return null;
    if (end < 0 || match === null) return `malformed answer: ${JSON.stringify(head.slice(0, 300))}`;
    const status = Number(match[1]);
    const header = (name: string) => RegExp(`\r\n${name}: *([^\r\n]*)`, "i").exec(head)?.[1];
    const read = status < 200 || status === 204 || status === 304
      ? { body: "", end: end + 4 }
      : bodyAt(text, end + 4, header("content-length"), header("transfer-encoding"));
    if (read === null && is_cut) return null;
    if (read === null) return `malformed body: ${JSON.stringify(text.slice(at, at + 300))}`;
    const problem = brokenAnswer(
      status,
      header("content-type") ?? "",
      header("content-encoding"),
      read.body,
    );
    if (problem !== null) return `${problem}: ${JSON.stringify(text.slice(at, at + 300))}`;
    at = read.end;
  }
  return null;
}

/** A body and its end; an answer to HEAD has none, so the next answer or the end follows. */
function bodyAt(text: string, at: number, length = "", coding = "") {
  if (at === text.length || text.startsWith("HTTP/1.", at)) return { body: "", end: at };
  if (coding !== "chunked") {
    if (length === "") return { body: text.slice(at), end: text.length };
    const end = at + Number(length);
    return end > text.length ? null : { body: text.slice(at, end), end };
  }
  for (let body = "";;) {
    const line_end = text.indexOf("\r\n", at);
    const size = parseInt(text.slice(at, line_end), 16);
    const next = line_end + 2 + size;
    if (line_end < 0 || !(size >= 0) || text.slice(next, next + 2) !== "\r\n") return null;
    if (size === 0) return { body, end: next + 2 };
    body += text.slice(line_end + 2, next);
    at = next + 2;
  }
}

function brokenAnswer(status: number, type: string, coding = "", body: string): string | null {
  if (status >= 500 && status !== 503) return `undocumented status ${status}`;
  // The HTTP library answers malformed requests without a body.
  if (status >= 400 && body !== "" && !type.startsWith("application/problem+json")) {
    return `error ${status} that is no problem+json`;
  }
  if (!/json/.test(type) || coding !== "" || body === "") return null;
  try {
    JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytesOfPart(body)));
    return null;
  } catch {
    return "JSON that does not parse";
  }
}
