/** What stands in front of the handler, if tokens or origins are set. */
import type { Cors } from "./cors.ts";
import type { Tokens } from "./tokens.ts";

type Answer = Response | Promise<Response>;

/** A handler, as `Deno.serve` calls it. */
export type Handler<Info> = (request: Request, info?: Info) => Answer;

export interface Guard {
  /** Null: every client may read. */
  readonly tokens: Tokens | null;
  readonly cors: Cors | null;
  /** Whether a request needs no token. */
  isOpen(request: Request): boolean;
  /** The answer to a request without a token of the file. */
  unauthorized(): Response;
}

/**
 * The handler behind a guard; the handler itself without tokens and origins, so that a request
 * costs the same as without guards.
 *
 * @param begun Counts and logs an answer that the handler does not give.
 */
export function guarded<Info>(
  { tokens, cors, isOpen, unauthorized }: Guard,
  handle: Handler<Info>,
  begun: (response: Response, request: Request, info?: Info) => Response,
): Handler<Info> {
  const refuse = (request: Request, info?: Info) => begun(unauthorized(), request, info);
  const checked: Handler<Info> = tokens === null ? handle : (request, info) => {
    const verdict = tokens.accepts(request.headers.get("authorization"));
    if (verdict === true || isOpen(request)) return handle(request, info);
    if (verdict === false) return refuse(request, info);
    return verdict.then((is_known) => is_known ? handle(request, info) : refuse(request, info));
  };
  if (cors === null) return checked;
  return (request, info) => {
    const before = cors.preflight(request);
    const answer = before === null ? checked(request, info) : begun(before, request, info);
    if (answer instanceof Response) return cors.mark(request, answer);
    return answer.then((response) => cors.mark(request, response));
  };
}
