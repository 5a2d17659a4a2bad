/**
 * The rival: a `Deno.serve` that sends one fixed answer and does nothing else. What it reaches is
 * what the runtime reaches; a service can only come close.
 *
 * `BARE_ANSWER` holds the answer as JSON ({@link BareAnswer}), `PORT` the port on 127.0.0.1.
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
  // With the parameter: Deno makes no Request for a handler declared without any, which is worth
  // about 4 % and open to no server that has more than one answer.
  if_none_match === undefined
    ? (_request) => new Response(bytes, init)
    : (request) =>
      request.headers.get("if-none-match") === if_none_match
        ? new Response(null, init)
        : new Response(bytes, unconditional),
);
