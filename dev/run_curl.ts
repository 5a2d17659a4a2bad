/** Runs the README's curl commands against services on other ports. */
import { STATUS_TEXT, type StatusCode } from "@std/http/status";
import { parseCurl } from "./curl.ts";

/** Base URLs of running services, without a slash at the end. */
export interface ServiceUrls {
  data_server: string;
  metrics_server: string;
}

/** Longest wait for an answer. */
const ANSWER_MS_MAX = 5_000;

const SERVICE_OF_PORT: Record<string, keyof ServiceUrls> = {
  "9001": "data_server",
  "8080": "metrics_server",
};

/** The command with its URL, at a default port, pointed at where the service really is. Pure. */
export function pointedAt(command: string, urls: ServiceUrls): string {
  return command.replace(/http:\/\/127\.0\.0\.1:(\d+)/, (base, port) => {
    const service = SERVICE_OF_PORT[port];
    if (service === undefined) throw new Error(`${base}: no service has this port by default`);
    return urls[service];
  });
}

/** Makes the command's request and gives what curl would print. */
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
