/** `GET /metrics/fabric`: the telemetry for Prometheus, a series per column and row. */
import { expositionFormat, metricsHeaders } from "../../platform/mod.ts";
import {
  absentSwitch,
  ageOf,
  chunksOf,
  columnsOf,
  dataMark,
  fabricMetricsOff,
  fabricNotReady,
  LIST_COPY_BYTES_MAX,
  LONG_BODIES_MAX,
  LongBodies,
  longResponse,
  markData,
  markGzip,
  nextTurn,
  noSnapshot,
  type ServeLimits,
  tooManyLists,
  tooStale,
  unknownField,
  unknownId,
  viewOf,
  wantsGzip,
  within,
} from "../serve/mod.ts";
import { type HeldSource, NO_PIN, type Store } from "../store.ts";
import type { FabricBody } from "./renderer.ts";
import { ageIn, type FabricSelection, freshOf, readSelection, unknownColumn } from "./selection.ts";

/** Longest wait for a body, the earlier requests' ones included. */
export const FABRIC_WAIT_MS_MAX = 10_000;

/** Compressed bytes that are decompressed in one turn: about 1 ms. */
const DECOMPRESSED_BYTES = 16 * 1024;

/** Renders a body in another thread. */
export type RenderFabric = (selection: FabricSelection) => Promise<FabricBody>;

/** Answers from the thread that renders; for clients without gzip, decompresses. */
export class FabricMetrics {
  readonly #bodies: LongBodies;
  #rendering = 0;

  /** @param render Null if METRICS_FABRIC is off. */
  constructor(
    readonly store: Store,
    readonly limits: ServeLimits,
    readonly render: RenderFabric | null,
    readonly now: () => number,
    onCut: () => void,
  ) {
    this.#bodies = new LongBodies(store, onCut, now);
  }

  answer(request: Request, query: string, now_ms: number): Response | Promise<Response> {
    const { store, limits, render } = this;
    if (render === null) return fabricMetricsOff();
    const format = expositionFormat(request);
    const selection = readSelection(query, limits.fabric_columns ?? [], format);
    if (selection instanceof Response) return selection;
    const delivered = store.delivered();
    const fresh = freshOf(delivered, limits.max_stale_ms, now_ms);
    if (fresh.length === 0 && delivered.length > 0) {
      const age_ms = Math.min(...delivered.map((held) => ageIn(held, now_ms)));
      return tooStale(age_ms, limits.max_stale_ms, "MAX_STALE_MS", limits.retry_after_s);
    }
    const unknown = query === "" ? null : this.#unknown(selection, delivered);
    if (unknown !== null) return unknown;
    const headers = metricsHeaders(format);
    headers.set("vary", "accept, accept-encoding");
    const gzip = wantsGzip(request);
    if (gzip) markGzip(headers);
    if (request.method === "HEAD") {
      if (fresh.length > 0) {
        const { id, taken_ms } = viewOf(fresh, []);
        markData(headers, dataMark(id, taken_ms), ageOf(taken_ms, now_ms));
      }
      return new Response(null, { headers });
    }
    if (!this.#bodies.admits(undefined) || this.#rendering >= LONG_BODIES_MAX) {
      return tooManyLists();
    }
    return this.#send(render(selection), headers, gzip);
  }

  /** A 404 for a column or switch that no source has. */
  #unknown({ fields, ids }: FabricSelection, delivered: readonly HeldSource[]): Response | null {
    const snapshots = delivered.map(({ snapshot }) => snapshot!);
    const columns = columnsOf(snapshots);
    // Columns may come and go: only the request's own names must exist.
    const is_own = fields !== this.limits.fabric_columns;
    const field = is_own ? unknownColumn(fields, columns) : undefined;
    if (field !== undefined && delivered.length === 0) {
      return noSnapshot(this.store.missing(), this.limits.retry_after_s);
    }
    if (field !== undefined) return unknownField(field, columns.map(({ name }) => name));
    const id = unknownId(snapshots, ids?.exact ?? []);
    return id === undefined ? null : absentSwitch(id, this.store.missing(), this.limits);
  }

  async #send(rendered: Promise<FabricBody>, headers: Headers, gzip: boolean): Promise<Response> {
    this.#rendering++;
    // A body that is late still takes the other thread's time.
    const ended = () => this.#rendering--;
    rendered.then(ended, ended);
    const body = await within(rendered, FABRIC_WAIT_MS_MAX);
    if (body === null) return fabricNotReady(FABRIC_WAIT_MS_MAX);
    const { snapshot_id, taken_ms } = body;
    if (snapshot_id !== "") {
      markData(headers, dataMark(snapshot_id, taken_ms), ageOf(taken_ms, this.now()));
    }
    if (gzip && body.gzip.length <= LIST_COPY_BYTES_MAX) {
      return new Response(body.gzip, { headers });
    }
    if (gzip) headers.set("content-length", String(body.gzip.length));
    // Bodies hold no snapshot, so they are never too old to be sent.
    const stream = gzip
      ? this.#bodies.stream(chunksOf([body.gzip]), NO_PIN, undefined)
      : this.#bodies.stream(
        chunksOf([body.gzip], DECOMPRESSED_BYTES),
        NO_PIN,
        undefined,
        nextTurn,
      )
        .pipeThrough(new DecompressionStream("gzip"));
    return longResponse(stream, headers);
  }
}
