/**
 * State of the simulated ports of the UFM profile.
 *
 * Some rows are special in every run (rows count from 0, port after port):
 * - rows 0, 8, 16, … start just above 2^53, row 0 at 2^53 + 1;
 * - rows 1, 9, … approach 2^64 − 1 and stop there;
 * - rows 2, 10, … start at 2^64 − 1;
 * - row 2 is a down port, and so is about one in {@link DOWN_ONE_IN} others. A down port keeps the
 *   time and the counts of when it went down;
 * - about one in {@link AILING_ONE_IN} ports is ailing: one of its error counters keeps growing.
 *   Other errors are rare, as on a real fabric.
 */
import { COUNTER64_MAX, Counters64 } from "./counter64.ts";
import { drawLoad, type GaugeRange, LOADS, meanOf, nextGauge } from "./gauge.ts";
import { RANDOM_STREAMS, Sfc32 } from "./random.ts";
import type { UfmField, UfmKind } from "./ufm_columns.ts";

/** Most rows (switches × ports), from the largest of NVIDIA's scale charts. */
export const UFM_ROWS_MAX = 200_000;

/** One in this many ports is down. */
const DOWN_ONE_IN = 32;

const DOWN_SINCE_MS = 600_000;

const AILING_ONE_IN = 64;
/** In {@link UfmPorts.#ailing_field}: no error counter keeps growing. */
const HEALTHY = -1;
/** Bits of a draw that must be 0 for an error: one in 4 and one in 2^16 ticks. */
const AILING_ERROR_BITS = 2;
const RARE_ERROR_BITS = 16;

/** Longest time from a row's timestamp to its snapshot, because rows are read one by one. */
const ROW_LAG_US_MAX = 50_000;

/** Distance between rows of the same start value class. */
const ROW_CLASSES = 8;
const ROW_CLASS_ABOVE_2_53 = 0;
const ROW_CLASS_NEAR_2_64 = 1;
const ROW_CLASS_AT_2_64 = 2;
const ROW_ALWAYS_DOWN = 2;

/** Error counters from this column on are empty on a down port. */
const UNSUPPORTED_FROM_FIELD = 8;

/** Six digits of a bit error ratio: 1.00000–9.99999. */
const MANTISSA: GaugeRange = { min_units: 100_000, max_units: 999_999, decimals: 0 };
/** 30–90 °C. */
const TEMPERATURE: GaugeRange = { min_units: 30, max_units: 90, decimals: 0 };
/** Raw bit error ratios range from 10^−6 on the worst ports to 10^−9 on the best. */
const RAW_EXPONENT_MIN = 6;
const RAW_EXPONENTS = 4;
/** Effect of error correction on the raw ratio, in powers of ten. */
const CORRECTED_POWERS = 6;
const LINK_SPEEDS = 3;

/** The ports, row by row. */
export class UfmPorts {
  readonly counters: Counters64;
  /** Six digits of both ratios. */
  readonly raw_ber_mantissa: Int32Array;
  /** Exponent without its minus sign. */
  readonly raw_ber_exponent: Uint8Array;
  readonly temperature: Uint8Array;
  /** Index of the link's speed, 0 … 2. */
  readonly link_speed: Uint8Array;
  readonly #is_down: Uint8Array;
  readonly #lag_us: Uint16Array;
  readonly #loads: Uint16Array;
  readonly #ailing_field: Int16Array;
  readonly #kinds: readonly UfmKind[];
  readonly #error_fields: readonly number[];
  readonly #down_since_us: number;
  readonly #random: Sfc32;

  constructor(
    sizes: {
      switches: number;
      ports: number;
      fields: readonly UfmField[];
      seed: number;
      start_ms: number;
    },
  ) {
    const rows = sizes.switches * sizes.ports;
    this.#kinds = sizes.fields.map((field) => field.kind);
    this.#error_fields = [...this.#kinds.keys()].filter((field) => this.#kinds[field] === "errors");
    this.#down_since_us = (sizes.start_ms - DOWN_SINCE_MS) * 1_000;
    this.#random = new Sfc32(sizes.seed, RANDOM_STREAMS.data);
    this.counters = new Counters64(rows * sizes.fields.length);
    this.raw_ber_mantissa = new Int32Array(rows);
    this.raw_ber_exponent = new Uint8Array(rows);
    this.temperature = new Uint8Array(rows);
    this.link_speed = new Uint8Array(rows);
    this.#is_down = new Uint8Array(rows);
    this.#lag_us = new Uint16Array(rows);
    this.#loads = new Uint16Array(rows);
    this.#ailing_field = new Int16Array(rows).fill(HEALTHY);
    for (let row = 0; row < rows; row++) this.#drawStart(row);
  }

  /** Index of a field's counter in {@link counters}. */
  cell(row: number, field: number): number {
    return row * this.#kinds.length + field;
  }

  isDown(row: number): boolean {
    return this.#is_down[row] === 1;
  }

  /** Whether this error counter is empty, as on a down port. */
  isUnsupported(row: number, field: number): boolean {
    return field >= UNSUPPORTED_FROM_FIELD && this.isDown(row);
  }

  /** Exponent of the ratio after error correction, without its minus sign. */
  effectiveExponent(row: number): number {
    return this.raw_ber_exponent[row] + CORRECTED_POWERS;
  }

  /** The row's own time in epoch microseconds. */
  timestampUs(row: number, taken_at_ms: number): number {
    const read_us = this.isDown(row) ? this.#down_since_us : taken_at_ms * 1_000;
    return Math.floor(read_us) - this.#lag_us[row];
  }

  /** Advances rows `from` … `to` − 1 by one tick. */
  step(from: number, to: number): void {
    for (let row = from; row < to; row++) {
      if (this.isDown(row)) continue;
      const load = this.#loads[row];
      this.#stepCounters(row, load);
      const draw = this.#random.int32();
      this.raw_ber_mantissa[row] = nextGauge(
        this.raw_ber_mantissa[row],
        meanOf(MANTISSA, load),
        MANTISSA,
        draw,
      );
      this.temperature[row] = nextGauge(
        this.temperature[row],
        meanOf(TEMPERATURE, load),
        TEMPERATURE,
        draw << 10,
      );
    }
  }

  #stepCounters(row: number, load: number): void {
    const kinds = this.#kinds;
    for (let field = 0; field < kinds.length; field++) {
      const kind = kinds[field];
      if (kind === "traffic") {
        // Up to 4.3 × 10^9 words of 4 bytes per tick, over a second of a 100 Gb/s link.
        this.counters.add(
          this.cell(row, field),
          Math.floor(this.#random.uint32() * (load / LOADS)),
        );
      } else if (kind === "errors") {
        const draw = this.#random.int32();
        const bits = field === this.#ailing_field[row] ? AILING_ERROR_BITS : RARE_ERROR_BITS;
        if (draw >>> (32 - bits) === 0) this.counters.add(this.cell(row, field), 1 + (draw & 3));
      }
    }
  }

  #drawStart(row: number): void {
    const random = this.#random;
    const load = drawLoad(random);
    this.#loads[row] = load;
    this.#lag_us[row] = random.below(ROW_LAG_US_MAX);
    this.#is_down[row] = random.below(DOWN_ONE_IN) === 0 || row === ROW_ALWAYS_DOWN ? 1 : 0;
    this.link_speed[row] = random.below(LINK_SPEEDS);
    this.raw_ber_exponent[row] = RAW_EXPONENT_MIN + random.below(RAW_EXPONENTS);
    this.raw_ber_mantissa[row] = meanOf(MANTISSA, load);
    this.temperature[row] = meanOf(TEMPERATURE, load);
    const errors = this.#error_fields;
    if (random.below(AILING_ONE_IN) === 0 && errors.length > 0) {
      this.#ailing_field[row] = errors[random.below(errors.length)];
    }
    for (let field = 0; field < this.#kinds.length; field++) {
      const kind = this.#kinds[field];
      if (kind === "traffic") this.counters.set(this.cell(row, field), this.#trafficStart(row));
      if (field === this.#ailing_field[row]) {
        this.counters.set(this.cell(row, field), BigInt(random.below(100)));
      }
    }
  }

  #trafficStart(row: number): bigint {
    switch (row % ROW_CLASSES) {
      case ROW_CLASS_ABOVE_2_53:
        return 2n ** 53n + 1n + BigInt(row);
      case ROW_CLASS_NEAR_2_64:
        return COUNTER64_MAX - BigInt(this.#random.uint32()) * 16n;
      case ROW_CLASS_AT_2_64:
        return COUNTER64_MAX;
      default:
        return BigInt(this.#random.uint32()) * 200_000n + BigInt(this.#random.below(200_000));
    }
  }
}
