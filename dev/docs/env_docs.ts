/** Writes `.env.example` and the environment tables of docs/reference.md from the services' configuration. Pure. */
import { describe, type Spec, type VariableRow } from "../../platform/mod.ts";

/** Variables that are described together. */
export interface EnvGroup {
  title: string;
  spec: Spec;
}

const HEAD =
  `# Copy this file to .env and take the # away before what you want to change. What the process's own
# environment has set wins. BIND_HOST, PORT and LOG_LEVEL are read by both services, and of two lines
# for one variable the last counts, for both; deno task dev sets PORT from DATA_PORT and METRICS_PORT.
#
# A number out of range is moved to the nearest bound, told by a config.clamped event. A port or a
# SEED out of range, and what is not a number or not a URL, stops the start with exit code 78.
`;

/**
 * Text of `.env.example`: each variable commented out at its default, after its meaning, range
 * and unit.
 */
export function envExample(groups: readonly EnvGroup[]): string {
  return HEAD + groups.map(({ title, spec }) => {
    const entries = describe(spec).map((row) =>
      `# ${row.description}.\n# ${boundsOf(row)}\n#${row.variable}=${row.default ?? ""}\n`
    );
    return `\n# ---- ${title} ----\n\n${entries.join("\n")}`;
  }).join("");
}

/** A Markdown table: variable, default, range and unit, meaning. */
export function envTable(spec: Spec): string {
  const rows = describe(spec).map((row) =>
    `| \`${row.variable}\` | ${row.default ? `\`${row.default}\`` : "–"} | ${
      rangeOf(row) || "–"
    } | ${row.description} |`
  );
  return ["| Variable | Default | Range | Meaning |", "|---|---|---|---|", ...rows].join("\n");
}

function boundsOf(row: VariableRow): string {
  const range = rangeOf(row);
  const fallback = row.default === undefined || row.default === ""
    ? "not set by default"
    : `default ${row.default}`;
  return range === "" ? `${capital(fallback)}.` : `Range: ${range}; ${fallback}.`;
}

function rangeOf({ range, unit }: VariableRow): string {
  return unit === "" ? range : `${range} ${unit}`;
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}
