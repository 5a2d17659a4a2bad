/** Clients of one subject: requests at virtual instants; each answer is checked. */
import type { Random } from "../random.ts";
import type { Observer } from "./observer.ts";
import { cellOf, COLUMNS, EPOCH_MS, sampleOf, type SimulatedSource, switchId } from "./source.ts";
import type { Subject } from "./subject.ts";

/** Ages are whole milliseconds, and so are snapshot times. */
const ROUNDING_MS = 2;

interface Mark {
  readonly id: string;
  readonly taken_ms: number;
  readonly n: number;
  /** `held` of the subject. */
  readonly held: number;
}

interface ClientOptions {
  readonly subject: Subject;
  readonly source: SimulatedSource;
  readonly observer: Observer;
  /** Sample of each snapshot id, on all subjects: an id never names two. */
  readonly ids: Map<string, number>;
  readonly random: Random;
  /** Whether the source may answer with older samples, which may be believed in the end. */
  readonly may_go_back: boolean;
  /** Whether clocks of subjects may differ. */
  readonly has_skew: boolean;
}

export class Client {
  #last: Mark | null = null;
  #etag: string | null = null;

  constructor(readonly options: ClientOptions) {}

  /** One request; resolves with the sample that was served, or null. */
  async read(): Promise<number | null> {
    this.options.observer.reads++;
    return this.options.random.chance(0.6) ? await this.#readMetric() : await this.#readList();
  }

  async #readMetric(): Promise<number | null> {
    const row = this.options.random.below(this.options.source.settings.rows);
    const column = this.options.random.below(COLUMNS.length);
    const path = `/telemetry/GetMetric?switch_id=${switchId(row)}&metric=${COLUMNS[column]}`;
    const response = await this.options.subject.request(path);
    const text = await response.text();
    if (response.status !== 200) return this.#refused(response.status, text, row);
    // As text: JSON.parse would lose digits.
    const [, token, id] = /"value":(.*),"snapshot_id":"(.*)","age_ms"/.exec(text)!;
    const { age_ms } = JSON.parse(text);
    this.#checkCell(id, token, row, column);
    return this.#mark(id, age_ms, response);
  }

  async #readList(): Promise<number | null> {
    const headers: HeadersInit = this.#etag !== null ? { "if-none-match": this.#etag } : {};
    const response = await this.options.subject.request("/telemetry/ListMetrics", { headers });
    const text = await response.text();
    if (response.status === 304) {
      const age_ms = Number(response.headers.get("x-data-age-ms"));
      return this.#mark(this.#etag!.slice(3, -1), age_ms, response);
    }
    if (response.status !== 200) return this.#refused(response.status, text, -1);
    const { snapshot_id, age_ms } = JSON.parse(text);
    this.#etag = response.headers.get("etag");
    for (const [item] of text.matchAll(/\{"switch_id".*?\}/g)) {
      const row = Number(/sw-(\d+)/.exec(item)![1]);
      COLUMNS.forEach((name, column) => {
        const [, token] = new RegExp(`"${name}":([^,}]*)`).exec(item) ?? [];
        if (token !== undefined) this.#checkCell(snapshot_id, token, row, column);
      });
    }
    return this.#mark(snapshot_id, age_ms, response);
  }

  #refused(status: number, text: string, row: number): null {
    // A torn row is left out, so its switch may be unknown for one snapshot.
    if (status === 404 && row >= 0 && this.#last !== null) return null;
    if (status !== 503 || this.#last !== null) {
      this.options.observer.fails(
        "answer",
        `${this.options.subject.name} answers ${status}: ${text.slice(0, 200)}`,
      );
    }
    return null;
  }

  #checkCell(id: string, token: string, row: number, column: number): void {
    if (token === "null") return;
    const n = sampleOf(token, row, column);
    const known = this.options.ids.get(id) ?? n;
    if (Number.isNaN(n) || known !== n) {
      const name = `${switchId(row)} ${COLUMNS[column]}`;
      const should = cellOf(known, row, column);
      this.options.observer.fails("value", `${name} of ${id} is ${token}, must be ${should}`);
    } else this.options.ids.set(id, n);
  }

  #mark(id: string, age_ms: number, response: Response): number | null {
    const { subject, source, observer } = this.options;
    const header_ms = Number(response.headers.get("x-data-age-ms"));
    const taken_ms = Number(response.headers.get("x-snapshot-ts")) - EPOCH_MS;
    observer.log(`${subject.name} serves ${id} of ${taken_ms} at age ${age_ms}`);
    if (header_ms !== age_ms) {
      observer.fails("age", `${subject.name}: age_ms ${age_ms}, X-Data-Age-Ms ${header_ms}`);
    }
    const n = this.options.ids.get(id) ?? source.samples.find((one) => one.id === id)?.n;
    if (n === undefined) return null;
    this.#checkAge(n, id, age_ms);
    const last = this.#last;
    const { held } = subject;
    // A replica whose clock differs dates what it adopts, so an id that comes back may be later.
    const may_redate = this.options.has_skew && held !== last?.held;
    if (last !== null && last.id === id && taken_ms > last.taken_ms && !may_redate) {
      const by_ms = taken_ms - last.taken_ms;
      observer.fails("time", `${subject.name}: the time of ${id} became ${by_ms} ms later`);
    }
    if (last !== null && n < last.n && !this.options.may_go_back) {
      observer.fails("order", `${subject.name} serves sample ${n} after ${last.n}`);
    }
    this.#last = { id, taken_ms, n, held };
    return n;
  }

  /** When the sample was received last; if clocks differ, when this subject got it. */
  #receivedMs(n: number, id: string): number {
    const { subject, observer } = this.options;
    const of = this.options.has_skew ? subject.got_ms.get(id) : observer.received_ms[n];
    return of ?? observer.time.now_ms;
  }

  /**
   * The sample is at least as old as the source's own clock shows, and as the time since it was
   * received. A clock of this machine that is behind hides as much.
   */
  #checkAge(n: number, id: string, age_ms: number): void {
    const { subject, source, observer } = this.options;
    if (subject.is_clock_new) return;
    const { now_ms } = observer.time;
    const { created_ms, dated_ms } = source.samples[n];
    const behind_ms = Math.max(0, -subject.skew_ms);
    const by_source_ms = now_ms - Math.max(created_ms, dated_ms);
    const by_receipt_ms = now_ms - this.#receivedMs(n, id);
    const least_ms = Math.max(by_source_ms, by_receipt_ms) - behind_ms - ROUNDING_MS;
    if (age_ms >= least_ms) return;
    observer.fails(
      "age",
      `${subject.name}: age ${age_ms} ms of ${id} (sample ${n}), at least ${
        Math.round(least_ms)
      } ms`,
    );
  }
}
