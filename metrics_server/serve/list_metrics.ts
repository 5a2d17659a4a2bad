/** `GET /telemetry/ListMetrics`: every row, from JSON prepared off this thread. */
import { JSON_CONTENT_TYPE } from "../../contracts/mod.ts";
import { isNotModified, joinBytes } from "../../platform/mod.ts";
import { ITEMS_BYTES_MAX, repeatedRows } from "../snapshot/mod.ts";
import type { Store } from "../store.ts";
import {
  ageBound,
  ageOf,
  etagOf,
  listNotModified,
  listResponse,
  markList,
} from "./data_response.ts";
import type { ServeLimits } from "./get_metric.ts";
import {
  GZIP_BYTES_MIN,
  gzipBytes,
  gzipStream,
  LONG_BODIES_MAX,
  LongBodies,
  markGzip,
  nextTurn,
  wantsGzip,
} from "./bodies.ts";
import {
  chunksOf,
  lengthOf,
  LIST_COPY_BYTES_MAX,
  listHead,
  listRest,
  type ListView,
  viewOf,
} from "./list_body.ts";
import { answerPage } from "./list_page.ts";
import { type ListQuery, readListQuery, WHOLE_LIST } from "./list_query.ts";
import { listNotReady, listTooLong, noSnapshot, tooManyLists, tooStale } from "./problems.ts";

/** Longest wait for items that nobody had asked for; 100,000 x 30 take about 0.3 s. */
export const ITEMS_WAIT_MS_MAX = 10_000;

const decoder = new TextDecoder();

/** The list of one store version, as far as it has been put together. */
interface Prepared {
  readonly version: number;
  readonly view: ListView;
  readonly etag: string;
  /** Length of all items, roughly. */
  readonly bytes_estimated: number;
  /** Whether sources share an id: what is prepared of each has it, and the list is written as a page. */
  readonly repeats: boolean;
  /** Whether the items of the next snapshot have been asked for. */
  wished: boolean;
  /** Everything behind the head, or null until all items are there. */
  rest: readonly Uint8Array[] | null;
  /** The last body sent, good for one age; null for long lists. */
  body: Uint8Array<ArrayBuffer> | null;
  /** The same as text, which Deno sends in 6 µs less a request than bytes, of 44; null until asked for. */
  text: string | null;
  body_age_ms: number;
  /** `body` as gzip, or null until somebody asks for it. */
  gzip: Promise<Uint8Array<ArrayBuffer>> | null;
}

/** Answers ListMetrics. */
export class ListMetrics {
  readonly #long_bodies: LongBodies;
  #prepared: Prepared | null = null;

  /**
   * @param wantItems Asks for the items of a source to be prepared.
   * @param onCut Told of each answer that is cut off.
   */
  constructor(
    readonly store: Store,
    readonly limits: ServeLimits,
    readonly wantItems: (source: number) => void,
    readonly now: () => number,
    onCut: () => void,
  ) {
    this.#long_bodies = new LongBodies(onCut);
  }

  /** The answer; a promise where items have yet to be prepared. */
  answer(
    request: Request,
    query: string,
    now_ms: number,
    give_up_ms = now_ms + ITEMS_WAIT_MS_MAX,
  ): Response | Promise<Response> {
    const asked = query === "" ? WHOLE_LIST : readListQuery(query);
    if (asked instanceof Response) return asked;
    const prepared = this.#prepare();
    if (prepared === null) return noSnapshot(this.store.missing(), this.limits.retry_after_s);
    if (!asked.is_whole || prepared.repeats) {
      return this.#page(request, asked, prepared.view, now_ms);
    }
    const age_ms = ageOf(prepared.view.taken_ms, now_ms);
    const { max_ms, bound } = ageBound(asked.max_age_ms, this.limits.max_stale_ms);
    if (age_ms > max_ms) return tooStale(age_ms, max_ms, bound, this.limits.retry_after_s);
    if (isNotModified(request.headers.get("if-none-match"), prepared.etag)) {
      return listNotModified(prepared.etag, age_ms);
    }
    if (prepared.rest !== null) return this.#send(prepared, age_ms, request);
    if (prepared.bytes_estimated > ITEMS_BYTES_MAX) {
      return listTooLong(prepared.bytes_estimated, ITEMS_BYTES_MAX);
    }
    return this.#answerWhenReady(request, query, give_up_ms);
  }

  #page(
    request: Request,
    query: ListQuery,
    view: ListView,
    now_ms: number,
  ): Response | Promise<Response> {
    const { store, limits } = this;
    const long_bodies = this.#long_bodies;
    return answerPage({ store, limits, request, query, view, now_ms, long_bodies });
  }

  /** Has the missing items prepared, then answers anew from what is held by then. */
  async #answerWhenReady(
    request: Request,
    query: string,
    give_up_ms: number,
  ): Promise<Response> {
    this.store.sources.forEach(({ snapshot, items }, source) => {
      if (snapshot !== null && items === null) this.wantItems(source);
    });
    const wait_ms = give_up_ms - this.now();
    if (wait_ms <= 0 || !await happened(this.store.nextChange(), wait_ms)) {
      return listNotReady(ITEMS_WAIT_MS_MAX);
    }
    return this.answer(request, query, this.now(), give_up_ms);
  }

  #send(prepared: Prepared, age_ms: number, request: Request): Response | Promise<Response> {
    const rest = prepared.rest!;
    const gzip = wantsGzip(request);
    if (rest.length === 1) {
      if (prepared.body === null || prepared.body_age_ms !== age_ms) {
        prepared.body = joinBytes([listHead(prepared.view, age_ms), ...rest]);
        prepared.text = null;
        prepared.body_age_ms = age_ms;
        prepared.gzip = null;
      }
      if (gzip && prepared.body.length >= GZIP_BYTES_MIN) return sendGzip(prepared, age_ms);
      prepared.text ??= decoder.decode(prepared.body);
      return listResponse(prepared.text, prepared.etag, age_ms);
    }
    this.#wish(prepared);
    const parts = [listHead(prepared.view, age_ms), ...rest];
    const headers = new Headers();
    markList(headers, prepared.etag, age_ms);
    headers.set("content-type", JSON_CONTENT_TYPE);
    if (gzip) markGzip(headers);
    else headers.set("content-length", String(lengthOf(parts)));
    if (request.method === "HEAD") return new Response(null, { headers });
    if (this.#long_bodies.full) return tooManyLists(LONG_BODIES_MAX);
    const { store } = this;
    const giveWay = gzip ? nextTurn : null;
    const chunks = chunksOf(parts);
    const stream = this.#long_bodies.stream(chunks, store.handOvers(), store.lease(), giveWay);
    return new Response(gzip ? gzipStream(stream) : stream, { headers });
  }

  /** Who lists once lists again: has the next snapshot's items prepared before they are asked for. */
  #wish(prepared: Prepared): void {
    if (prepared.wished) return;
    prepared.wished = true;
    this.store.sources.forEach(({ snapshot }, source) => {
      if (snapshot !== null) this.wantItems(source);
    });
  }

  /** Null while no source has delivered. */
  #prepare(): Prepared | null {
    if (this.#prepared?.version === this.store.version) return this.#prepared;
    const sources = this.store.delivered();
    if (sources.length === 0) return null;
    const missing = this.store.missing();
    const view = viewOf(sources, missing);
    const ready = sources.every(({ items }) => items !== null);
    const parts = ready ? listRest(sources, missing) : null;
    const short = parts !== null && lengthOf(parts) <= LIST_COPY_BYTES_MAX;
    this.#prepared = {
      version: this.store.version,
      view,
      etag: etagOf(view.id),
      bytes_estimated: sources.reduce((sum, { snapshot }) => sum + snapshot!.items_bytes, 0),
      repeats: repeatedRows(sources.map(({ snapshot }) => snapshot!.data)).rows.some((rows) =>
        rows !== null
      ),
      wished: false,
      rest: short ? [joinBytes(parts)] : parts,
      body: null,
      text: null,
      body_age_ms: -1,
      gzip: null,
    };
    return this.#prepared;
  }
}

/** Those who ask in one millisecond share what was made of its body. */
async function sendGzip(prepared: Prepared, age_ms: number): Promise<Response> {
  const { etag } = prepared;
  prepared.gzip ??= gzipBytes(prepared.body!);
  const response = listResponse(await prepared.gzip, etag, age_ms);
  markGzip(response.headers);
  return response;
}

/** Whether the event came within the time. */
async function happened(event: Promise<void>, wait_ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), wait_ms);
  });
  try {
    return await Promise.race([event.then(() => true), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
