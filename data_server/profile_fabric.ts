/**
 * The fabric profile: one row per switch, with bandwidth, latency and errors, and up to 197 further
 * counters and gauges.
 */
import { BASE_FIELDS, SWITCH_ID_COLUMN } from "../contracts/mod.ts";
import {
  SWITCH_NAME_BYTES_MAX,
  UINT64_DIGITS_MAX,
  writeFixed,
  writeSwitchName,
  writeUint53,
} from "./cells.ts";
import { drawLoad, type GaugeRange, meanOf, nextGauge } from "./gauge.ts";
import { RANDOM_STREAMS, Sfc32 } from "./random.ts";
import type { Simulation } from "./simulation.ts";

/** Default of `DATA_FIELDS`. */
export const FABRIC_FIELDS_DEFAULT = BASE_FIELDS.length;

/** 0.0–400.0 Gb/s: the ports of an NDR fabric. */
const BANDWIDTH: GaugeRange = { min_units: 0, max_units: 4_000, decimals: 1 };
/** 0.50–50.00 µs. */
const LATENCY: GaugeRange = { min_units: 50, max_units: 5_000, decimals: 2 };
/** 0.00–100.00, for the gauges beyond the base columns. */
const PERCENT: GaugeRange = { min_units: 0, max_units: 10_000, decimals: 2 };

/** A counter starts below `start_bound` and grows by 0 … `growth_bound` − 1 per tick. */
interface CounterGrowth {
  start_bound: number;
  /** At most 2^20, because the arithmetic is 32-bit. */
  growth_bound: number;
}

const PACKET_ERRORS: CounterGrowth = { start_bound: 1_000, growth_bound: 4 };
const FURTHER_COUNTER: CounterGrowth = { start_bound: 1 << 20, growth_bound: 1_000 };

/** Beyond the base columns, every third column is a gauge; the others are counters. */
const GAUGE_EVERY = 3;

/** Bits of a random number used for a counter's growth. */
const GROWTH_BITS = 12;

const COMMA = 0x2c;
const LINE_FEED = 0x0a;

interface Field {
  name: string;
  kind: GaugeRange | CounterGrowth;
}

/** The simulated fabric. The constructor sets the initial state; write it before the first step. */
export class FabricSimulation implements Simulation {
  readonly columns: readonly string[];
  readonly switches: number;
  readonly cells_per_switch: number;
  readonly switch_bytes_max: number;
  readonly #kinds: readonly (GaugeRange | CounterGrowth)[];
  readonly #random: Sfc32;
  readonly #loads: Uint16Array;
  /** Row by row: gauges in their units, counters unscaled (below 2^53 for 10^5 years). */
  readonly #values: Float64Array;

  constructor(sizes: { switches: number; fields: number; seed: number }) {
    const fields = fieldsOf(sizes.fields);
    this.columns = [SWITCH_ID_COLUMN, ...fields.map((field) => field.name)];
    this.switches = sizes.switches;
    this.cells_per_switch = this.columns.length;
    this.switch_bytes_max = SWITCH_NAME_BYTES_MAX + fields.length * (1 + UINT64_DIGITS_MAX) + 1;
    this.#kinds = fields.map((field) => field.kind);
    this.#random = new Sfc32(sizes.seed, RANDOM_STREAMS.data);
    this.#loads = new Uint16Array(sizes.switches);
    this.#values = new Float64Array(sizes.switches * fields.length);
    this.#drawStart();
  }

  /** A value as the CSV shows it; `field` counts the value columns from 0. */
  valueAt(switch_index: number, field: number): number {
    const kind = this.#kinds[field];
    const value = this.#values[switch_index * this.#kinds.length + field];
    return "decimals" in kind ? value / 10 ** kind.decimals : value;
  }

  step(from: number, to: number): void {
    const kinds = this.#kinds;
    const values = this.#values;
    const random = this.#random;
    let at = from * kinds.length;
    for (let index = from; index < to; index++) {
      const load = this.#loads[index];
      for (let field = 0; field < kinds.length; field++, at++) {
        const kind = kinds[field];
        const drawn = random.int32();
        values[at] = "decimals" in kind
          ? nextGauge(values[at], meanOf(kind, load), kind, drawn)
          : values[at] + (((drawn >>> (32 - GROWTH_BITS)) * kind.growth_bound) >>> GROWTH_BITS);
      }
    }
  }

  write(
    from: number,
    to: number,
    bytes: Uint8Array,
    at: number,
    _taken_at_ms: number,
    switch_offsets: Uint32Array,
  ): number {
    const kinds = this.#kinds;
    const values = this.#values;
    let value_at = from * kinds.length;
    for (let index = from; index < to; index++) {
      switch_offsets[index] = at;
      at = writeSwitchName(bytes, at, index);
      for (let field = 0; field < kinds.length; field++, value_at++) {
        const kind = kinds[field];
        bytes[at++] = COMMA;
        at = "decimals" in kind
          ? writeFixed(bytes, at, values[value_at], kind.decimals)
          : writeUint53(bytes, at, values[value_at]);
      }
      bytes[at++] = LINE_FEED;
    }
    return at;
  }

  #drawStart(): void {
    const kinds = this.#kinds;
    let at = 0;
    for (let index = 0; index < this.switches; index++) {
      const load = drawLoad(this.#random);
      this.#loads[index] = load;
      for (const kind of kinds) {
        this.#values[at++] = "decimals" in kind
          ? meanOf(kind, load)
          : this.#random.below(kind.start_bound);
      }
    }
  }
}

function fieldsOf(count: number): Field[] {
  const base = [BANDWIDTH, LATENCY, PACKET_ERRORS];
  return Array.from({ length: count }, (_, index) => {
    if (index < base.length) return { name: BASE_FIELDS[index], kind: base[index] };
    const number = String(index).padStart(3, "0");
    return index % GAUGE_EVERY === GAUGE_EVERY - 1
      ? { name: `gauge_${number}`, kind: PERCENT }
      : { name: `counter_${number}`, kind: FURTHER_COUNTER };
  });
}
