/** A request to the API and the answer that both engines give. */
import { assert, assertEquals } from "@std/assert";

export interface Exchange {
  /** `METHOD /path`. */
  readonly ask: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly status: number;
  /** Fields the answer must have, or its text. */
  readonly answer?: unknown;
}

/** Whether `got` has all of `wanted`, in depth; arrays must have the same length. */
function has(got: unknown, wanted: unknown): boolean {
  if (typeof wanted !== "object" || wanted === null) return got === wanted;
  if (typeof got !== "object" || got === null) return false;
  if (Array.isArray(wanted) && (got as unknown[]).length !== wanted.length) return false;
  return Object.entries(wanted).every(([key, value]) => has((got as never)[key], value));
}

/** Sends the request and compares the answer; a request ID must come with every routed one. */
export async function check(
  url: string,
  { ask, body, headers, status, answer }: Exchange,
): Promise<void> {
  const [method, path] = ask.split(" ");
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(url + path, { method, body: text, headers });
  const got = await response.text();
  const what = `${ask} ${text ?? ""}: ${response.status} ${got}`;
  assertEquals(response.status, status, what);
  const parsed = typeof answer === "string" ? got : answer === undefined ? null : JSON.parse(got);
  if (answer !== undefined) {
    assert(has(parsed, answer), `${what}\nwanted ${JSON.stringify(answer)}`);
  }
  const is_routed = status !== 405 && !/^40[04] (Bad Request|page not found)/.test(got);
  const id = response.headers.get("x-toxiproxy-request-id");
  assertEquals(id !== null && /^[0-9a-v]{20}$/.test(id), is_routed, `${what}\nID ${id}`);
  const type = response.headers.get("content-type");
  if (status >= 400 && status !== 405 && path !== "/populate") {
    assertEquals(type, "text/plain; charset=utf-8", what);
  } else if (status < 300 && status !== 204) assert(type?.startsWith("application/json"), what);
}
