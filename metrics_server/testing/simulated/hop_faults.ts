/** What the faults that are on do to connections at one hop. */
import type { Random } from "../random.ts";
import type { VirtualTime } from "../virtual_time.ts";
import type { Active } from "./active.ts";

interface HopFaultsOptions {
  readonly active: Active;
  readonly hop: "source" | "store";
  readonly time: VirtualTime;
  readonly poll_ms: number;
  readonly random: Random;
}

export class HopFaults {
  constructor(readonly options: HopFaultsOptions) {}

  /** Values of a fault at this hop, if it is on for this subject. */
  of(kind: string, subject: number) {
    const { active, hop } = this.options;
    const values = active.of(`${kind} ${hop}`);
    return values?.subject === undefined || values.subject === subject ? values : undefined;
  }

  /** Why no connection can be opened, and open ones end; null if they can. */
  refusal(subject: number): string | null {
    const { active, hop } = this.options;
    if (active.of(`subject.no_${hop}`)?.subject === subject) return "no route to host";
    if (this.of("tcp.refuse", subject) !== undefined) return "connection refused";
    if (this.of("tcp.reset", subject) !== undefined) return "connection reset by peer";
    return this.#isFlappedDown() ? "connection refused" : null;
  }

  #isFlappedDown(): boolean {
    const { active, hop, poll_ms, time } = this.options;
    const name = `tcp.flap ${hop}`;
    const flap = active.of(name);
    if (flap === undefined) return false;
    const up_ms = Number(flap.up_of_poll) * poll_ms, down_ms = Number(flap.down_of_poll) * poll_ms;
    return (time.now_ms - active.since(name)!) % (up_ms + down_ms) < down_ms;
  }

  /** Whether no response passes. */
  hangs(subject: number): boolean {
    return this.of("tcp.hang", subject) !== undefined;
  }

  /** Delay of a response. */
  latencyMs(subject: number): number {
    const { delay_ms = 0, jitter_ms = 0 } = this.of("tcp.latency", subject) ?? {};
    return Number(delay_ms) + (2 * this.options.random.next() - 1) * Number(jitter_ms);
  }

  /** Bytes of responses a millisecond. */
  rate(subject: number): number {
    return Number(this.of("tcp.bandwidth", subject)?.rate_kb_per_s ?? Infinity);
  }

  /** Bytes of a segment, and the pause after it. */
  slices(subject: number): { readonly bytes: number; readonly pause_ms: number } {
    const { average_bytes = Infinity, delay_us = 0 } = this.of("tcp.slicer", subject) ?? {};
    return { bytes: Number(average_bytes), pause_ms: Number(delay_us) / 1000 };
  }

  /** Bytes of responses after which a connection ends. */
  limitBytes(subject: number): number {
    return Number(this.of("tcp.limit_data", subject)?.bytes ?? Infinity);
  }
}
