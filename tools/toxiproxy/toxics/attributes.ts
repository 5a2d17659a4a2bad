/** What each toxic is told: the names and bounds of its attributes. Used by the embedded server and by the client. */
import { BYTES_MAX, DELAY_MS_MAX } from "../limits.ts";

/** Direction a toxic works in: `upstream` is client → server, `downstream` server → client. */
export type Stream = "upstream" | "downstream";

export type Attributes = Readonly<Record<string, number>>;

interface AttributeSpec {
  readonly min: number;
  readonly max: number;
  /** Used where the attribute is left out. */
  readonly default: number;
  readonly unit: string;
}

const DELAY: AttributeSpec = { min: 0, max: DELAY_MS_MAX, default: 0, unit: "ms" };
const BYTES: AttributeSpec = { min: 0, max: BYTES_MAX, default: 0, unit: "bytes" };

/** Every toxic with its attributes, in the order the API shows them. `noop` is Toxiproxy's own no-op. */
export const TOXIC_ATTRIBUTES = {
  latency: { latency: DELAY, jitter: DELAY },
  bandwidth: { rate: { min: 0, max: 1e9, default: 0, unit: "KB/s" } },
  slow_close: { delay: DELAY },
  timeout: { timeout: DELAY },
  reset_peer: { timeout: DELAY },
  slicer: {
    average_size: { ...BYTES, min: 1 },
    size_variation: BYTES,
    delay: { min: 0, max: DELAY_MS_MAX, default: 0, unit: "µs" },
  },
  limit_data: { bytes: BYTES },
  noop: {},
} as const satisfies Record<string, Record<string, AttributeSpec>>;

export type ToxicType = keyof typeof TOXIC_ATTRIBUTES;

export function isToxicType(type: unknown): type is ToxicType {
  return typeof type === "string" && Object.hasOwn(TOXIC_ATTRIBUTES, type);
}

/**
 * Attributes of a toxic, complete and in order, from what was asked for over what was there before.
 * Throws a `RangeError` that names the attribute, its bound and the value.
 *
 * @example
 * ```ts
 * checkAttributes("latency", { latency: 200 }); // { latency: 200, jitter: 0 }
 * checkAttributes("latency", { latancy: 200 }); // RangeError: latency has no attribute latancy: …
 * ```
 */
export function checkAttributes(
  type: ToxicType,
  asked: unknown,
  before: Attributes = {},
): Attributes {
  const specs: Record<string, AttributeSpec> = TOXIC_ATTRIBUTES[type];
  const given = readGiven(type, asked);
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(specs, name)) {
      const known = Object.keys(specs).join(", ") || "none";
      throw new RangeError(`${type} has no attribute ${name}: it has ${known}`);
    }
  }
  const attributes: Record<string, number> = {};
  for (const [name, spec] of Object.entries(specs)) {
    attributes[name] = checkNumber(type, name, spec, given[name] ?? before[name] ?? spec.default);
  }
  if (type === "slicer" && attributes.size_variation >= attributes.average_size) {
    throw new RangeError(
      `slicer.size_variation=${attributes.size_variation}: must be below average_size (${attributes.average_size})`,
    );
  }
  return attributes;
}

function readGiven(type: string, asked: unknown): Record<string, unknown> {
  if (asked === undefined || asked === null) return {};
  if (typeof asked !== "object" || Array.isArray(asked)) {
    throw new RangeError(`${type}.attributes=${JSON.stringify(asked)}: must be an object`);
  }
  return asked as Record<string, unknown>;
}

function checkNumber(type: string, name: string, spec: AttributeSpec, value: unknown): number {
  if (!Number.isInteger(value) || (value as number) < spec.min || (value as number) > spec.max) {
    throw new RangeError(
      `${type}.${name}=${
        JSON.stringify(value)
      }: must be a whole number of ${spec.unit}, ${spec.min} – ${spec.max}`,
    );
  }
  return value as number;
}

/** Share of connections a toxic touches. Throws a `RangeError` that names the value. */
export function checkToxicity(toxicity: unknown): number {
  if (typeof toxicity !== "number" || !(toxicity >= 0 && toxicity <= 1)) {
    throw new RangeError(`toxicity=${JSON.stringify(toxicity)}: must be a number, 0 – 1`);
  }
  return toxicity;
}

/** Direction, whatever its case; throws a `RangeError`. */
export function checkStream(stream: unknown): Stream {
  const lower = typeof stream === "string" ? stream.toLowerCase() : stream;
  if (lower !== "upstream" && lower !== "downstream") {
    throw new RangeError("stream was invalid, can be either upstream or downstream");
  }
  return lower;
}
