/** Waits until a process answers over HTTP, or ends. */
import { fetchRaw } from "../../tools/http/mod.ts";

/** Time between two looks, in milliseconds. */
const LOOK_EVERY_MS = 25;
/** How long one look may take, in milliseconds. */
const LOOK_MS_MAX = 1_000;

/** What is asked for. */
export interface Asked {
  readonly host: string;
  readonly path: string;
}

/** How the wait ended; `code` is that of a process that ended meanwhile. */
export type Outcome =
  | { readonly is_ready: true }
  | { readonly is_ready: false; readonly code: number | null; readonly last: string };

/** Asks again and again until there is an answer of any status. */
export async function waitForAnswer(
  asked: Asked,
  wait_ms_max: number,
  ended: Promise<{ code: number }>,
): Promise<Outcome> {
  const until_ms = performance.now() + wait_ms_max;
  let code: number | null = null;
  ended.then((end) => code = end.code);
  let last = "nothing asked";
  while (code === null && performance.now() < until_ms) {
    try {
      await fetchRaw(asked, LOOK_MS_MAX);
      if (code === null) return { is_ready: true };
    } catch (error) {
      last = (error as Error).message;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return { is_ready: false, code, last };
}
