/**
 * Metrics as text: Prometheus' format 0.0.4 and OpenMetrics 1.0. Pure.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */

export type ExpositionFormat = "prometheus" | "openmetrics";

/** Names and values of a series' labels. */
export type Labels = Readonly<Record<string, string>>;

/** A series of a counter or gauge; a text is a number with its exact digits. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number | string;
}

export interface HistogramSample {
  readonly labels: Labels;
  /** Upper bounds, ascending; values beyond the last one count as `+Inf`. */
  readonly bounds: readonly number[];
  /** Observations per bucket, not cumulated: one more than there are bounds. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** All series of one metric. */
export type Family =
  | {
    /** Includes its unit; a counter without `_total`. */
    readonly name: string;
    readonly type: "counter" | "gauge" | "unknown";
    readonly help: string;
    readonly samples: readonly Sample[];
  }
  | {
    readonly name: string;
    readonly type: "histogram";
    readonly help: string;
    readonly samples: readonly HistogramSample[];
  };

/** Last line of an OpenMetrics text. */
export const OPENMETRICS_END = "# EOF\n";

/**
 * Writes all families that have a series.
 *
 * ```ts
 * const samples = [{ labels: {}, value: 3 }];
 * writeMetrics([{ name: "polls", type: "counter", help: "Polls.", samples }], "prometheus");
 * // "# HELP polls_total Polls.\n# TYPE polls_total counter\npolls_total 3\n"
 * ```
 */
export function writeMetrics(families: readonly Family[], format: ExpositionFormat): string {
  const text = families.filter(({ samples }) => samples.length > 0)
    .map((family) => writeHead(family, format) + writeSamples(family)).join("");
  return format === "openmetrics" ? text + OPENMETRICS_END : text;
}

/** `# HELP` and `# TYPE` of a family. */
export function writeHead(
  { name, type, help }: Pick<Family, "name" | "type" | "help">,
  format: ExpositionFormat,
): string {
  const is_open = format === "openmetrics";
  const shown = type === "counter" && !is_open ? `${name}_total` : name;
  const kind = type === "unknown" && !is_open ? "untyped" : type;
  return `# HELP ${shown} ${escapeHelp(help, format)}\n# TYPE ${shown} ${kind}\n`;
}

export function writeSample(name: string, labels: Labels, value: number | string): string {
  return `${name}${writeLabels(labels)} ${
    typeof value === "string" ? value : writeNumber(value)
  }\n`;
}

function writeSamples(family: Family): string {
  if (family.type === "histogram") {
    return family.samples.map((sample) => writeHistogram(family.name, sample)).join("");
  }
  const name = family.type === "counter" ? `${family.name}_total` : family.name;
  return family.samples.map(({ labels, value }) => writeSample(name, labels, value)).join("");
}

function writeHistogram(name: string, { labels, bounds, counts, sum }: HistogramSample): string {
  let total = 0;
  const buckets = counts.map((count, i) => {
    total += count;
    const le = i < bounds.length ? writeBound(bounds[i]) : "+Inf";
    return writeSample(`${name}_bucket`, { ...labels, le }, total);
  });
  return buckets.join("") + writeSample(`${name}_sum`, labels, sum) +
    writeSample(`${name}_count`, labels, total);
}

/** OpenMetrics requires bounds as floats, the same in every scrape. */
function writeBound(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : writeNumber(bound);
}

function writeNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (Math.abs(value) === Infinity) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}

function writeLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** A label's value as it stands between quotes. */
export function escapeLabel(text: string): string {
  if (!/[\\"\n]/.test(text)) return text;
  return text.replaceAll(/[\\"\n]/g, (char) => char === "\n" ? "\\n" : `\\${char}`);
}

function escapeHelp(text: string, format: ExpositionFormat): string {
  const special = format === "openmetrics" ? /[\\"\n]/g : /[\\\n]/g;
  return text.replaceAll(special, (char) => char === "\n" ? "\\n" : `\\${char}`);
}
