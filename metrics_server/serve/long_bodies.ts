/** Long responses in progress, bounded in number, time, age and memory, also per client. */
import { AnswerCut } from "../../platform/mod.ts";
import { OLDER_BYTES_MAX } from "../snapshot/mod.ts";
import { NEVER_DELIVERED, type Pin, type Store } from "../store.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Most long responses in progress; each may keep a replaced snapshot in memory. */
export const LONG_BODIES_MAX = 16;

/** Most of them for one client address, so that others find room. */
export const LONG_BODIES_CLIENT_MAX = 12;

/** Time without a chunk taken after which a response is aborted if another one needs its place. */
export const LONG_BODY_STALL_MS_MAX = 5_000;

/** Longest time of a long response; it is aborted for a slower client. */
export const LONG_BODY_MS_MAX = 60_000;

/** Most replaced snapshots kept per source for slow clients; older responses are aborted. */
export const OLDER_SNAPSHOTS_MAX = 2;

interface Open {
  readonly pin: Pin;
  readonly client: string | undefined;
  /** When the last chunk was taken. */
  taken_at_ms: number;
  cut(reason: string): void;
}

export class LongBodies {
  readonly #open = new Set<Open>();
  #is_watching = false;

  /** @param onCut Called for each aborted response. */
  constructor(
    readonly store: Pick<Store, "handOvers" | "nextChange">,
    readonly onCut: () => void,
    readonly monotonic_ms: () => number,
  ) {}

  /**
   * Whether one more response may begin. If there is no place, or none for this client address, it
   * takes the place of the response that has stalled longest.
   */
  admits(client: string | undefined): boolean {
    const all = [...this.#open];
    const own = client === undefined ? [] : all.filter((open) => open.client === client);
    const rivals = own.length >= LONG_BODIES_CLIENT_MAX ? own : all;
    if (rivals === all && all.length < LONG_BODIES_MAX) return true;
    const stalled_longest = rivals.reduce((a, b) => a.taken_at_ms <= b.taken_at_ms ? a : b);
    const stalled_ms = this.monotonic_ms() - stalled_longest.taken_at_ms;
    if (stalled_ms < LONG_BODY_STALL_MS_MAX) return false;
    stalled_longest.cut(`reader took nothing for ${Math.round(stalled_ms)} ms, others wait`);
    return true;
  }

  /**
   * Streams the chunks, one per pull. Responses that are more than {@link OLDER_SNAPSHOTS_MAX}
   * snapshots of a source behind, or keep too much memory of older ones, are aborted.
   *
   * @param pin Memory that the chunks are in, released after the last one.
   * @param client Address of the client; undefined: not counted per client.
   * @param pace Awaited before each chunk, so that other requests run between expensive chunks.
   */
  stream(
    chunks: Iterator<Bytes>,
    pin: Pin,
    client: string | undefined,
    pace: (() => Promise<void>) | null = null,
  ): ReadableStream<Bytes> {
    this.#watch();
    const { onCut } = this;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let open: Open;
    const end = () => {
      if (!this.#open.delete(open)) return;
      clearTimeout(timer);
      pin.release();
    };
    return new ReadableStream<Bytes>({
      start: (controller) => {
        open = {
          pin,
          client,
          taken_at_ms: this.monotonic_ms(),
          cut(reason) {
            end();
            onCut();
            controller.error(new AnswerCut(reason));
          },
        };
        this.#open.add(open);
        const reason = `reader took longer than ${LONG_BODY_MS_MAX} ms`;
        timer = setTimeout(() => open.cut(reason), LONG_BODY_MS_MAX);
      },
      pull: async (controller) => {
        if (pace !== null) {
          await pace();
          if (!this.#open.has(open)) return;
        }
        open.taken_at_ms = this.monotonic_ms();
        const { done, value } = chunks.next();
        if (done) {
          end();
          controller.close();
        } else controller.enqueue(value);
      },
      cancel: end,
    }, { highWaterMark: 0 });
  }

  /** Looks at the memory after each change of the store while there are responses. */
  async #watch(): Promise<void> {
    this.#cutOlder(this.store.handOvers());
    if (this.#is_watching) return;
    this.#is_watching = true;
    do {
      await this.store.nextChange();
      this.#cutOlder(this.store.handOvers());
    } while (this.#open.size > 0);
    this.#is_watching = false;
  }

  #cutOlder(newest: readonly number[]): void {
    const snapshots = [...this.#open].filter(({ pin }) => pin.is_snapshot);
    for (const [source, hand_over] of newest.entries()) {
      const kept = new Set(snapshots.map(({ pin }) => pin.hand_overs[source]));
      kept.delete(hand_over);
      kept.delete(NEVER_DELIVERED);
      const too_old = [...kept].sort((a, b) => b - a).slice(OLDER_SNAPSHOTS_MAX);
      for (const open of snapshots) {
        if (too_old.includes(open.pin.hand_overs[source])) {
          open.cut(`reader is more than ${OLDER_SNAPSHOTS_MAX} snapshots behind`);
        }
      }
    }
    this.#cutLargest(newest);
  }

  /** Responses with the newest data come first; what they hold already costs others nothing. */
  #cutLargest(newest: readonly number[]): void {
    const held = new Set<string>();
    let sum = 0;
    const age = ({ pin }: Open) => Math.max(...pin.hand_overs);
    for (const open of [...this.#open].sort((a, b) => age(b) - age(a))) {
      open.pin.hand_overs.forEach((hand_over, source) => {
        const bytes = open.pin.bytes[source];
        const key = `${source} ${hand_over} ${bytes}`;
        if (hand_over === newest[source] || held.has(key)) return;
        held.add(key);
        sum += bytes;
      });
      if (sum > OLDER_BYTES_MAX) {
        open.cut(`reader is behind, and older snapshots take more than ${OLDER_BYTES_MAX} bytes`);
      }
    }
  }
}
