/** Checks of toxics: attributes, toxicity, direction. */
import { BYTES_MAX, DELAY_MS_MAX } from "./limits.ts";

/** Direction a toxic works in: `upstream` is client → server, `downstream` server → client. */
export type Stream = "upstream" | "downstream";

export type Attributes = Readonly<Record<string, number>>;

interface AttributeSpec {
  readonly min: number;
  readonly max: number;
  /** Used if the attribute is missing. */
  readonly default: number;
  readonly unit: string;
}

const DELAY: AttributeSpec = { min: 0, max: DELAY_MS_MAX, default: 0, unit: "ms" };
const BYTES: AttributeSpec = { min: 0, max: BYTES_MAX, default: 0, unit: "bytes" };

/** Every toxic and its attributes, in the order of the API. `noop` is Toxiproxy's own no-op. */
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
 * All attributes of a toxic in order: the requested ones over the earlier ones over the defaults.
 * @throws {RangeError} `latency has no attribute latancy: it has latency, jitter`
 */
export function checkAttributes(
  type: ToxicType,
  requested: unknown,
  before: Attributes = {},
): Attributes {
  const specs: Record<string, AttributeSpec> = TOXIC_ATTRIBUTES[type];
  const given = readGiven(type, requested);
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
  if (type === "slicer" && attributes.size_variation > attributes.average_size) {
    throw new RangeError(
      `slicer.size_variation=${attributes.size_variation}: must be at most average_size (${attributes.average_size})`,
    );
  }
  return attributes;
}

function readGiven(type: string, requested: unknown): Record<string, unknown> {
  if (requested === undefined || requested === null) return {};
  if (typeof requested !== "object" || Array.isArray(requested)) {
    throw new RangeError(`${type}.attributes=${JSON.stringify(requested)}: must be an object`);
  }
  return requested as Record<string, unknown>;
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

/** The share of connections that a toxic affects. @throws {RangeError} */
export function checkToxicity(toxicity: unknown): number {
  if (typeof toxicity !== "number" || !(toxicity >= 0 && toxicity <= 1)) {
    throw new RangeError(`toxicity=${JSON.stringify(toxicity)}: must be a number, 0 – 1`);
  }
  return toxicity;
}

/** The direction, in any case. @throws {RangeError} */
export function checkStream(stream: unknown): Stream {
  const lower = typeof stream === "string" ? stream.toLowerCase() : stream;
  if (lower !== "upstream" && lower !== "downstream") {
    throw new RangeError("stream was invalid, can be either upstream or downstream");
  }
  return lower;
}
