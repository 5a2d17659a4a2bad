/**
 * `GET /telemetry/ListMetrics`: all rows, from JSON items that the poll worker prepares.
 *
 *     prepared items ── per snapshot ──▶ rest ── per age ──▶ body, text ──▶ response
 *             └──── compressed ────────▶ gzip rest ─────────▶ gzip ──────────┘
 *
 * Bodies over {@link LIST_COPY_BYTES_MAX} are streamed from the items instead.
 */
import { JSON_CONTENT_TYPE } from "../../contracts/mod.ts";
import { isNotModified, joinBytes } from "../../platform/mod.ts";
import { DEFLATE_INLINE_BYTES_MAX, deflateItems, repeatedRows } from "../snapshot/mod.ts";
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
import { GZIP_BYTES_MIN, longResponse, markGzip, wantsGzip, within } from "./bodies.ts";
import { clientOf, type Info } from "./access_log.ts";
import {
  chunksOf,
  GZIP_COPY_BYTES_MAX,
  lengthOf,
  LIST_COPY_BYTES_MAX,
  listHead,
  listRest,
  type ListView,
  viewOf,
} from "./list_body.ts";
import { gzipBody, type GzipRest, gzipRest } from "./gzip_body.ts";
import { answerPage } from "./list_page.ts";
import { type ListQuery, readListQuery, rowsSearched, WHOLE_LIST } from "./list_query.ts";
import { LongBodies } from "./long_bodies.ts";
import {
  listNotReady,
  listTooLong,
  noSnapshot,
  tooManyLists,
  tooManyScans,
  tooStale,
} from "./problems.ts";
import { ScanQueue } from "./scan_queue.ts";

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
  /** By the estimate, or by what was rendered. */
  readonly is_too_long: boolean;
  /** Whether sources share ids; then the list is written without prepared items. */
  readonly repeats: boolean;
  /** Whether the items of the next snapshot are requested, and those compressed. */
  readonly next_requested: { plain: boolean; gzip: boolean };
  /** The body after the head, or null until all items are prepared. */
  rest: readonly Uint8Array[] | null;
  /** The last body sent, valid for one age; null for long lists. */
  body: Uint8Array<ArrayBuffer> | null;
  /** `body` as text, which Deno sends faster than bytes; null until requested. */
  text: string | null;
  body_age_ms: number;
  /** The compressed body after the head; null until requested. */
  gzip_rest: GzipRest | null;
}

export class ListMetrics {
  readonly #long_bodies: LongBodies;
  readonly #scans: ScanQueue;
  #prepared: Prepared | null = null;

  /**
   * @param requestItems Requests the prepared items of a source, also compressed.
   * @param onCut Called for each aborted response.
   */
  constructor(
    readonly store: Store,
    readonly limits: ServeLimits,
    readonly requestItems: (source: number, gzip: boolean) => void,
    readonly now: () => number,
    monotonic_ms: () => number,
    onCut: () => void,
  ) {
    this.#long_bodies = new LongBodies(store, onCut, monotonic_ms);
    this.#scans = new ScanQueue(monotonic_ms);
  }

  /** The response; a promise if items are not prepared yet, or other lists are being selected. */
  answer(
    request: Request,
    query: string,
    now_ms: number,
    info?: Info,
    give_up_ms = now_ms + ITEMS_WAIT_MS_MAX,
  ): Response | Promise<Response> {
    const wanted = query === "" ? WHOLE_LIST : readListQuery(query);
    if (wanted instanceof Response) return wanted;
    const prepared = this.#prepare();
    if (prepared === null) return noSnapshot(this.store.missing(), this.limits.retry_after_s);
    if (!wanted.is_whole || prepared.repeats) return this.#answerPart(request, wanted, info);
    const age_ms = ageOf(prepared.view.taken_ms, now_ms);
    const { max_ms, bound } = ageBound(wanted.max_age_ms, this.limits.max_stale_ms);
    if (age_ms > max_ms) return tooStale(age_ms, max_ms, bound, this.limits.retry_after_s);
    if (isNotModified(request.headers.get("if-none-match"), prepared.mark.etag)) {
      return listNotModified(prepared.mark, now_ms);
    }
    if (prepared.is_too_long && prepared.rest === null) {
      return listTooLong(prepared.bytes_estimated, this.limits.list_bytes_max);
    }
    const gzip = wantsGzip(request) && !isShort(prepared);
    if (prepared.rest !== null && (!gzip || this.#isCompressed(prepared))) {
      return this.#send(prepared, now_ms, request, info, gzip);
    }
    return this.#answerWhenReady(request, query, info, give_up_ms, gzip);
  }

  /** Selects rows, in turn with other requests that search many. */
  #answerPart(
    request: Request,
    query: ListQuery,
    info: Info,
  ): Response | Promise<Response> {
    const { store, limits } = this;
    const long_bodies = this.#long_bodies;
    const answer = () => {
      const { view } = this.#prepare()!;
      return answerPage({
        store,
        limits,
        request,
        query,
        view,
        now_ms: this.now(),
        long_bodies,
        info,
      });
    };
    return this.#scans.run(rowsSearched(query, store), answer) ?? tooManyScans();
  }

  /** Whether all items are compressed; short ones are now. */
  #isCompressed(prepared: Prepared): boolean {
    if (prepared.gzip_rest !== null) return true;
    const sources = this.store.delivered();
    for (const held of sources) {
      if (held.items!.length > DEFLATE_INLINE_BYTES_MAX) continue;
      held.deflated ??= deflateItems(held.items!);
    }
    const deflated = new Map(sources.map(({ items, deflated }) => [items, deflated]));
    if ([...deflated.values()].includes(null)) return false;
    const parts = listRest(sources, prepared.view.missing);
    prepared.gzip_rest = gzipRest(parts.map((part) => deflated.get(part) ?? part));
    return true;
  }

  /** Requests the missing items, then answers from the store of that time. */
  async #answerWhenReady(
    request: Request,
    query: string,
    info: Info,
    give_up_ms: number,
    gzip: boolean,
  ): Promise<Response> {
    this.store.sources.forEach(({ snapshot, items, deflated }, source) => {
      const is_missing = items === null || gzip && deflated === null;
      if (snapshot !== null && is_missing) this.requestItems(source, gzip);
    });
    const wait_ms = give_up_ms - this.now();
    const has_changed = this.store.nextChange().then(() => true);
    if (wait_ms <= 0 || await within(has_changed, wait_ms) === null) {
      return listNotReady(ITEMS_WAIT_MS_MAX);
    }
    return this.answer(request, query, this.now(), info, give_up_ms);
  }

  #send(
    prepared: Prepared,
    now_ms: number,
    request: Request,
    info: Info,
    gzip: boolean,
  ): Response {
    const { rest, mark, view } = prepared;
    const age_ms = ageOf(view.taken_ms, now_ms);
    if (rest!.length > 1) this.#requestNext(prepared, gzip);
    if (rest!.length === 1 && !gzip) {
      if (prepared.body === null || prepared.body_age_ms !== age_ms) {
        prepared.body = joinBytes([listHead(view, age_ms), ...rest!]);
        prepared.text = null;
        prepared.body_age_ms = age_ms;
      }
      prepared.text ??= decoder.decode(prepared.body);
      return listResponse(prepared.text, mark, now_ms);
    }
    const head = listHead(view, age_ms);
    const parts = gzip ? gzipBody(head, prepared.gzip_rest!) : [head, ...rest!];
    if (gzip && lengthOf(parts) <= GZIP_COPY_BYTES_MAX) {
      const response = listResponse(joinBytes(parts), mark, now_ms);
      markGzip(response.headers);
      return response;
    }
    const headers = new Headers();
    markList(headers, mark, now_ms);
    headers.set("content-type", JSON_CONTENT_TYPE);
    headers.set("content-length", String(lengthOf(parts)));
    if (gzip) markGzip(headers);
    if (request.method === "HEAD") return new Response(null, { headers });
    const client = clientOf(info);
    if (!this.#long_bodies.admits(client)) return tooManyLists();
    const { store } = this;
    const pin = gzip ? store.pinDeflated() : store.pin();
    const stream = this.#long_bodies.stream(chunksOf(parts), pin, client);
    return longResponse(stream, headers);
  }

  /** Requests the next snapshot's items early, because a client that lists once lists again. */
  #requestNext({ next_requested }: Prepared, gzip: boolean): void {
    const form = gzip ? "gzip" : "plain";
    if (next_requested[form]) return;
    next_requested[form] = true;
    this.store.sources.forEach(({ snapshot }, source) => {
      if (snapshot !== null) this.requestItems(source, gzip);
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
    const bytes_estimated = sources.reduce((sum, held) => sum + held.snapshot!.items_bytes, 0);
    this.#prepared = {
      version: this.store.version,
      view,
      mark: listMark(view.id, view, this.limits.shard),
      bytes_estimated,
      is_too_long: bytes_estimated > this.limits.list_bytes_max ||
        sources.some(({ items_too_long }) => items_too_long),
      repeats: repeatedRows(sources.map(({ snapshot }) => snapshot!.data)).rows.some((rows) =>
        rows !== null
      ),
      next_requested: { plain: false, gzip: false },
      rest: short ? [joinBytes(parts)] : parts,
      body: null,
      text: null,
      body_age_ms: -1,
      gzip_rest: null,
    };
    return this.#prepared;
  }
}

/** Whether the body is too short to be compressed. */
function isShort({ rest }: Prepared): boolean {
  return rest !== null && lengthOf(rest) < GZIP_BYTES_MIN;
}
