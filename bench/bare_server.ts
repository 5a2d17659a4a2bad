/**
 * The rival: a `Deno.serve` with one fixed response. Its rate is the limit of the runtime.
 *
 * `BARE_ANSWER` is the response as JSON ({@link BareAnswer}), `PORT` the port on 127.0.0.1.
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
