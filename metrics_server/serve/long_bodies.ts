/** Long responses in progress, bounded in number, time and age, also per client. */
import { AnswerCut } from "../../platform/mod.ts";
import { NEVER_DELIVERED } from "../store.ts";

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
  /** Hand-over number of each source's snapshot, by the source's index. */
  readonly hand_overs: readonly number[];
  readonly client: string | undefined;
  /** When the last chunk was taken. */
  taken_at_ms: number;
  cut(reason: string): void;
}

export class LongBodies {
  readonly #open = new Set<Open>();

  /** @param onCut Called for each aborted response. */
  constructor(readonly onCut: () => void, readonly monotonic_ms: () => number) {}

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
   * snapshots of a source behind are aborted.
   *
   * @param hand_overs Hand-over numbers of the store when the chunks were taken.
   * @param release Called once, after the last chunk is read.
   * @param client Address of the client; undefined: not counted per client.
   * @param pace Awaited before each chunk, so that other requests run between expensive chunks.
   */
  stream(
    chunks: Iterator<Bytes>,
    hand_overs: readonly number[],
    release: () => void,
    client: string | undefined,
    pace: (() => Promise<void>) | null = null,
  ): ReadableStream<Bytes> {
    this.#cutOlder(hand_overs);
    const { onCut } = this;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let open: Open;
    const end = () => {
      if (!this.#open.delete(open)) return;
      clearTimeout(timer);
      release();
    };
    return new ReadableStream<Bytes>({
      start: (controller) => {
        open = {
          hand_overs,
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

  #cutOlder(newest: readonly number[]): void {
    for (const [source, hand_over] of newest.entries()) {
      const kept = new Set([...this.#open].map(({ hand_overs }) => hand_overs[source]));
      kept.delete(hand_over);
      kept.delete(NEVER_DELIVERED);
      const too_old = [...kept].sort((a, b) => b - a).slice(OLDER_SNAPSHOTS_MAX);
      for (const open of [...this.#open]) {
        if (too_old.includes(open.hand_overs[source])) {
          open.cut(`reader is more than ${OLDER_SNAPSHOTS_MAX} snapshots behind`);
        }
      }
    }
  }
}
