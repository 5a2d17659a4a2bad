/** Runs the documents' curl commands: parsed as far as the documents use curl, sent by fetch. */
import { STATUS_TEXT, type StatusCode } from "../platform/mod.ts";

/** Base URLs of running services, without a trailing slash. */
export interface ServiceUrls {
  data_server: string;
  metrics_server: string;
}

const ANSWER_MS_MAX = 5_000;

const SERVICE_OF_PORT: Record<string, keyof ServiceUrls> = {
  "9001": "data_server",
  "8080": "metrics_server",
};

export function pointedAt(command: string, urls: ServiceUrls): string {
  return command.replace(/http:\/\/127\.0\.0\.1:(\d+)/, (base, port) => {
    const service = SERVICE_OF_PORT[port];
    if (service === undefined) throw new Error(`${base}: no service has this port by default`);
    return urls[service];
  });
}

export async function runCurl(command: string): Promise<string> {
  const { url, method, headers, shows_headers } = parseCurl(command);
  const answer = await fetch(url, {
    method,
    headers,
    redirect: "manual",
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  const body = await answer.text();
  if (!shows_headers) return body;
  const status = `HTTP/1.1 ${answer.status} ${STATUS_TEXT[answer.status as StatusCode]}`;
  const lines = [...answer.headers].map(([name, value]) => `${name}: ${value}`);
  return `${[status, ...lines].join("\n")}\n\n${body}`;
}

interface CurlRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  /** `-i` or `-I`: status line and headers are part of the output. */
  shows_headers: boolean;
}

/** Parses `curl …`. Throws for an unknown option. */
export function parseCurl(command: string): CurlRequest {
  const [program, ...words] = shellWords(command);
  if (program !== "curl") throw new Error(`${command}: must start with curl`);
  const request: CurlRequest = { url: "", method: "GET", headers: {}, shows_headers: false };
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === "-i") request.shows_headers = true;
    else if (word === "-I") Object.assign(request, { method: "HEAD", shows_headers: true });
    else if (word === "-X") request.method = value(words, word, command);
    else if (word === "-H") addHeader(request, value(words, word, command), command);
    else if (word.startsWith("-")) throw new Error(`${command}: option ${word} is not known here`);
    else if (request.url !== "") throw new Error(`${command}: one URL, got also ${word}`);
    else request.url = word;
  }
  if (request.url === "") throw new Error(`${command}: a URL is missing`);
  return request;
}

function value(words: string[], option: string, command: string): string {
  const next = words.shift();
  if (next === undefined) throw new Error(`${command}: ${option} needs a value`);
  return next;
}

function addHeader(request: CurlRequest, line: string, command: string): void {
  const [, name, text] = /^([^:\s]+):\s*(.*)$/.exec(line) ?? [];
  if (name === undefined) throw new Error(`${command}: -H "${line}" must be "Name: value"`);
  request.headers[name] = text;
}

/** The words of a command line with '…' and "…". Throws if a shell would expand anything. */
function shellWords(command: string): string[] {
  const unquoted = command.replaceAll(/'[^']*'/g, "");
  if (/[$`\\;&|<>*?(){}]/.test(unquoted.replaceAll(/"[^"$`\\]*"/g, ""))) {
    throw new Error(`${command}: needs a shell; quote it with '…'`);
  }
  return (command.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []).map((word) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double)
  );
}
