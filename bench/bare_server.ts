/**
 * The rival: a `Deno.serve` with one fixed response. Its rate is the limit of the runtime.
 *
 * `BARE_ANSWER` is the response as JSON ({@link BareAnswer}), `PORT` the port on 127.0.0.1. With
 * `LOOP_PROBE_MS`, its event loop is checked that often, and a line on stdout per second is its
 * longest block in that second, in milliseconds.
 */
import type { BareAnswer } from "./rig/mod.ts";

const { status, headers, body, if_none_match } = JSON.parse(
  Deno.env.get("BARE_ANSWER")!,
) as BareAnswer;
const bytes = body === null ? null : new TextEncoder().encode(body);
const init = { status, headers: new Headers(headers) };
const unconditional = { status: 200, headers: new Headers(headers) };

Deno.serve(
  { hostname: "127.0.0.1", port: Number(Deno.env.get("PORT")), onListen() {} },
  // Deno creates no Request for a handler without a parameter. That shortcut would be unfair: a
  // server with more than one response cannot take it.
  if_none_match === undefined
    ? (_request) => new Response(bytes, init)
    : (request) =>
      request.headers.get("if-none-match") === if_none_match
        ? new Response(null, init)
        : new Response(bytes, unconditional),
);

const probe_ms = Number(Deno.env.get("LOOP_PROBE_MS") ?? 0);
if (probe_ms > 0) {
  let block_ms = 0, due_ms = performance.now() + probe_ms;
  setInterval(() => {
    const now_ms = performance.now();
    block_ms = Math.max(block_ms, now_ms - due_ms);
    due_ms = now_ms + probe_ms;
  }, probe_ms);
  setInterval(() => {
    Deno.stdout.writeSync(new TextEncoder().encode(`${block_ms.toFixed(3)}\n`));
    block_ms = 0;
  }, 1_000);
}
