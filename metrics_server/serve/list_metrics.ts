/**
 * `GET /telemetry/ListMetrics`: all rows, from JSON items that the poll worker prepares.
 *
 *     prepared items ── per snapshot ──▶ rest ── per age ──▶ body, text, gzip ──▶ response
 *
 * Lists over {@link LIST_COPY_BYTES_MAX} are streamed from the items instead.
 */
import { JSON_CONTENT_TYPE } from "../../contracts/mod.ts";
import { isNotModified, joinBytes } from "../../platform/mod.ts";
import { ITEMS_BYTES_MAX, repeatedRows } from "../snapshot/mod.ts";
import type { Store } from "../store.ts";
import {
  ageBound,
  ageOf,
  type ListMark,
  listMark,
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
  longResponse,
  markGzip,
  nextTurn,
  wantsGzip,
  within,
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
import { readListQuery, WHOLE_LIST } from "./list_query.ts";
import { listNotReady, listTooLong, noSnapshot, tooManyLists, tooStale } from "./problems.ts";

/** Longest wait for items that were not prepared. */
export const ITEMS_WAIT_MS_MAX = 10_000;

const decoder = new TextDecoder();

/** The list of one store version, as far as it is prepared. */
interface Prepared {
  readonly version: number;
  readonly view: ListView;
  readonly mark: ListMark;
  /** Estimated length of all items. */
  readonly bytes_estimated: number;
  /** Whether sources share ids; then the list is written without prepared items. */
  readonly repeats: boolean;
  /** Whether the items of the next snapshot are requested. */
  next_requested: boolean;
  /** The body after the head, or null until all items are prepared. */
  rest: readonly Uint8Array[] | null;
  /** The last body sent, valid for one age; null for long lists. */
  body: Uint8Array<ArrayBuffer> | null;
  /** `body` as text, which Deno sends faster than bytes; null until requested. */
  text: string | null;
  body_age_ms: number;
  /** `body` as gzip; null until requested. */
  gzip: Promise<Uint8Array<ArrayBuffer>> | null;
}

export class ListMetrics {
  readonly #long_bodies: LongBodies;
  #prepared: Prepared | null = null;

  /**
   * @param requestItems Requests the prepared items of a source.
   * @param onCut Called for each aborted response.
   */
  constructor(
    readonly store: Store,
    readonly limits: ServeLimits,
    readonly requestItems: (source: number) => void,
    readonly now: () => number,
    onCut: () => void,
  ) {
    this.#long_bodies = new LongBodies(onCut);
  }

  /** The response; a promise if items are not prepared yet. */
  answer(
    request: Request,
    query: string,
    now_ms: number,
    give_up_ms = now_ms + ITEMS_WAIT_MS_MAX,
  ): Response | Promise<Response> {
    const wanted = query === "" ? WHOLE_LIST : readListQuery(query);
    if (wanted instanceof Response) return wanted;
    const prepared = this.#prepare();
    if (prepared === null) return noSnapshot(this.store.missing(), this.limits.retry_after_s);
    if (!wanted.is_whole || prepared.repeats) {
      const { store, limits } = this;
      const { view } = prepared;
      const long_bodies = this.#long_bodies;
      return answerPage({ store, limits, request, query: wanted, view, now_ms, long_bodies });
    }
    const age_ms = ageOf(prepared.view.taken_ms, now_ms);
    const { max_ms, bound } = ageBound(wanted.max_age_ms, this.limits.max_stale_ms);
    if (age_ms > max_ms) return tooStale(age_ms, max_ms, bound, this.limits.retry_after_s);
    if (isNotModified(request.headers.get("if-none-match"), prepared.mark.etag)) {
      return listNotModified(prepared.mark, now_ms);
    }
    if (prepared.rest !== null) return this.#send(prepared, now_ms, request);
    if (prepared.bytes_estimated > ITEMS_BYTES_MAX) {
      return listTooLong(prepared.bytes_estimated, ITEMS_BYTES_MAX);
    }
    return this.#answerWhenReady(request, query, give_up_ms);
  }

  /** Requests the missing items, then answers from the store of that time. */
  async #answerWhenReady(request: Request, query: string, give_up_ms: number): Promise<Response> {
    this.store.sources.forEach(({ snapshot, items }, source) => {
      if (snapshot !== null && items === null) this.requestItems(source);
    });
    const wait_ms = give_up_ms - this.now();
    const has_changed = this.store.nextChange().then(() => true);
    if (wait_ms <= 0 || await within(has_changed, wait_ms) === null) {
      return listNotReady(ITEMS_WAIT_MS_MAX);
    }
    return this.answer(request, query, this.now(), give_up_ms);
  }

  #send(prepared: Prepared, now_ms: number, request: Request): Response | Promise<Response> {
    const rest = prepared.rest!;
    const age_ms = ageOf(prepared.view.taken_ms, now_ms);
    const gzip = wantsGzip(request);
    if (rest.length === 1) {
      if (prepared.body === null || prepared.body_age_ms !== age_ms) {
        prepared.body = joinBytes([listHead(prepared.view, age_ms), ...rest]);
        prepared.text = null;
        prepared.body_age_ms = age_ms;
        prepared.gzip = null;
      }
      if (gzip && prepared.body.length >= GZIP_BYTES_MIN) return sendGzip(prepared, now_ms);
      prepared.text ??= decoder.decode(prepared.body);
      return listResponse(prepared.text, prepared.mark, now_ms);
    }
    this.#requestNext(prepared);
    const parts = [listHead(prepared.view, age_ms), ...rest];
    const headers = new Headers();
    markList(headers, prepared.mark, now_ms);
    headers.set("content-type", JSON_CONTENT_TYPE);
    if (gzip) markGzip(headers);
    else headers.set("content-length", String(lengthOf(parts)));
    if (request.method === "HEAD") return new Response(null, { headers });
    if (this.#long_bodies.full) return tooManyLists(LONG_BODIES_MAX);
    const { store } = this;
    const pace = gzip ? nextTurn : null;
    const chunks = chunksOf(parts);
    const stream = this.#long_bodies.stream(chunks, store.handOvers(), store.lease(), pace);
    return longResponse(gzip ? gzipStream(stream) : stream, headers);
  }

  /** Requests the next snapshot's items early, because a client that lists once lists again. */
  #requestNext(prepared: Prepared): void {
    if (prepared.next_requested) return;
    prepared.next_requested = true;
    this.store.sources.forEach(({ snapshot }, source) => {
      if (snapshot !== null) this.requestItems(source);
    });
  }

  /** The prepared list; null until a source delivers. */
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
      mark: listMark(view.id, view, this.limits.shard),
      bytes_estimated: sources.reduce((sum, { snapshot }) => sum + snapshot!.items_bytes, 0),
      repeats: repeatedRows(sources.map(({ snapshot }) => snapshot!.data)).rows.some((rows) =>
        rows !== null
      ),
      next_requested: false,
      rest: short ? [joinBytes(parts)] : parts,
      body: null,
      text: null,
      body_age_ms: -1,
      gzip: null,
    };
    return this.#prepared;
  }
}

async function sendGzip(prepared: Prepared, now_ms: number): Promise<Response> {
  const { mark } = prepared;
  prepared.gzip ??= gzipBytes(prepared.body!);
  const response = listResponse(await prepared.gzip, mark, now_ms);
  markGzip(response.headers);
  return response;
}
