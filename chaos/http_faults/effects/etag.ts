/** ETags that lie. */
import { type Answer, headerOf, withHeader, withoutHeaders } from "../answer.ts";
import type { Effect } from "./effect.ts";

/** ETag that is none: without quotes, and with a comma in it (RFC 9110 §8.8.3). */
export const MALFORMED_ETAG = 'snapshot 7, "half';

const EMPTY = new Uint8Array(0);

/** The effect of one mode of `http.bad_etag`. */
export function badEtagEffect(mode: string): Effect {
  if (mode === "same_for_other") return sameForOther();
  return mode === "malformed" ? malformed() : changing();
}

/**
 * The ETag of the first answer seen stays, whatever the data: who asks with it is told 304 for
 * good, as by a source whose ETag forgets to count.
 */
function sameForOther(): Effect {
  let first: string | null = null;
  return {
    change(answer, { if_none_match }) {
      const etag = headerOf(answer.headers, "etag");
      if (etag === null) return null;
      first ??= etag;
      if (etag === first) return null;
      const headers = withHeader(answer.headers, "ETag", first);
      return if_none_match === first && answer.status === 200
        ? notModified(headers)
        : { ...answer, headers };
    },
  };
}

function notModified(headers: Answer["headers"]): Answer {
  return {
    status: 304,
    reason: "Not Modified",
    headers: withoutHeaders(headers, ["content-type"]),
    body: EMPTY,
  };
}

function malformed(): Effect {
  return {
    wants_body: true,
    change: (answer) => ({
      ...answer,
      headers: withHeader(answer.headers, "ETag", MALFORMED_ETAG),
    }),
  };
}

/** No two answers have one ETag: the whole sample goes out each time, changed or not. */
function changing(): Effect {
  let answers = 0;
  return {
    wants_body: true,
    change: (answer) => ({
      ...answer,
      headers: withHeader(answer.headers, "ETag", `"changing-${++answers}"`),
    }),
  };
}
