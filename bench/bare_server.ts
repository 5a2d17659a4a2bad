/**
 * The rival: a `Deno.serve` that sends one fixed answer and does nothing else. What it reaches is
 * what the runtime reaches; a service can only come close.
 *
 * `BARE_ANSWER` holds the answer as JSON ({@link BareAnswer}), `PORT` the port on 127.0.0.1.
 */
import type { BareAnswer } from "./serve/bare_answer.ts";

const { status, headers, body } = JSON.parse(Deno.env.get("BARE_ANSWER")!) as BareAnswer;
const bytes = body === null ? null : new TextEncoder().encode(body);
const init = { status, headers: new Headers(headers) };

Deno.serve(
  { hostname: "127.0.0.1", port: Number(Deno.env.get("PORT")), onListen() {} },
  // With the parameter: Deno makes no Request for a handler declared without any, which is worth
  // about 4 % and open to no server that has more than one answer.
  (_request) => new Response(bytes, init),
);
