/** Request spans that tell the route and the data: Deno, which begins them, knows neither. */
import type { Span, SpanAttributes, Tracing } from "./tracing.ts";

/** What an answer tells about its request's span. */
export interface AnswerTrace {
  /** Path of the endpoint; null where none fits: a client's own path is no name of a route. */
  readonly route: string | null;
  /** Of the data in the answer; null where there is none. */
  readonly snapshot_id: string | null;
  /** Age of that data, or NaN. */
  readonly age_ms: number;
}

type Handler = (request: Request) => Response | Promise<Response>;

/**
 * The handler, with each request's span named and described. The attributes are those of the semantic
 * conventions, `http.route`, and `fabric.snapshot.id` and `fabric.snapshot.age_ms` of our own.
 */
export function traceRequests(
  tracing: Tracing,
  handler: Handler,
  describe: (request: Request, response: Response) => AnswerTrace,
): Handler {
  return (request) => {
    const span = tracing.active();
    const answer = handler(request);
    if (span === undefined) return answer;
    const tell = (response: Response) => {
      tellSpan(span, request.method, describe(request, response));
      return response;
    };
    return answer instanceof Response ? tell(answer) : answer.then(tell);
  };
}

function tellSpan(span: Span, method: string, { route, snapshot_id, age_ms }: AnswerTrace): void {
  const attributes: Record<string, SpanAttributes[string]> = {};
  if (route !== null) {
    span.updateName(`${method} ${route}`);
    attributes["http.route"] = route;
  }
  if (snapshot_id !== null) attributes["fabric.snapshot.id"] = snapshot_id;
  if (!Number.isNaN(age_ms)) attributes["fabric.snapshot.age_ms"] = BigInt(Math.round(age_ms));
  span.setAttributes(attributes);
}
