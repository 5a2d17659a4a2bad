/** Headers of data answers. */
import { HEADER_DATA_AGE_MS, JSON_CONTENT_TYPE } from "../../contracts/mod.ts";

/** ETag of a snapshot. Weak (RFC 9110 §8.8.1): answers of one snapshot differ in `age_ms`. */
export function etagOf(snapshot_id: string): string {
  return `W/"${snapshot_id}"`;
}

/**
 * Headers of the last data answer. Under load hundreds of answers a millisecond have the same ones:
 * a `Headers` object made once spares each of them the checks of four headers.
 */
export class DataHeaders {
  #etag = "";
  #age_ms = -1;
  #init: { headers: Headers } = { headers: new Headers() };

  /** `ResponseInit` for an answer of this ETag and age. Not to be changed. */
  of(etag: string, age_ms: number): { headers: Headers } {
    if (age_ms !== this.#age_ms || etag !== this.#etag) {
      this.#etag = etag;
      this.#age_ms = age_ms;
      this.#init = {
        headers: new Headers({
          "content-type": JSON_CONTENT_TYPE,
          "cache-control": "no-cache",
          etag,
          [HEADER_DATA_AGE_MS]: String(age_ms),
        }),
      };
    }
    return this.#init;
  }
}
