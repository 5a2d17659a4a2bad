/** Removes the lab's proxies from a Toxiproxy that ran before the lab. */
import type { WatchedProxy } from "./protocol.ts";

/** Timeout of a call, in milliseconds: a server that hangs must not delay the rest. */
export const CALL_MS_MAX = 700;

export type Call = (method: string, url: string) => Promise<{ status: number; json: unknown }>;

/** Removes proxies by prefix, and reports each step. A step that fails does not stop the next. */
export async function removeProxies(
  { api, prefix }: WatchedProxy,
  call: Call,
  onStep: (step: string) => void,
): Promise<void> {
  const attempt = async (what: string, method: string, path: string) => {
    try {
      const { status, json } = await call(method, `${api}${path}`);
      onStep(`${what} at ${api}: ${status}`);
      return json;
    } catch (error) {
      onStep(`${what} at ${api} failed: ${(error as Error).message}`);
    }
  };
  const proxies = await attempt("read proxies", "GET", "/proxies") ?? {};
  for (const name of Object.keys(proxies).filter((name) => name.startsWith(prefix))) {
    await attempt(`remove proxy ${name}`, "DELETE", `/proxies/${encodeURIComponent(name)}`);
  }
}
