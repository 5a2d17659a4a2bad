/** What an answer says about its request's span. */
import { HEADER_DATA_AGE_MS, idOfEtag } from "../../contracts/mod.ts";
import { type AnswerTrace, brokenHost, splitUrl } from "../../platform/mod.ts";
import { PATHS } from "./endpoints.ts";

/** Read from the answer itself, so that answering knows nothing of tracing. */
export function answerTrace(request: Request, { headers }: Response): AnswerTrace {
  const [path] = splitUrl(request.url);
  const age = headers.get(HEADER_DATA_AGE_MS);
  return {
    route: PATHS.has(path) && brokenHost(request) === null ? path : null,
    // The files of the dashboard have an ETag, too.
    snapshot_id: age === null ? null : idOfEtag(headers.get("etag")),
    age_ms: age === null ? NaN : Number(age),
  };
}
