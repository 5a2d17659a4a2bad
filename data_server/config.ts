/** The environment variables of data_server and the limits between them. */
import {
  choice,
  type Clamped,
  type Config,
  type Env,
  integer,
  number,
  optional,
  port,
  readConfig,
  text,
} from "../platform/mod.ts";
import { FABRIC_FIELDS_DEFAULT } from "./profile_fabric.ts";
import { SEED_MAX } from "./random.ts";
import { MATRIX_CELLS_MAX } from "./simulation.ts";
import { UFM_FIELDS_DEFAULT } from "./ufm_columns.ts";
import { UFM_ROWS_MAX } from "./ufm_ports.ts";

const PROFILES = ["fabric", "ufm"] as const;

export type Profile = typeof PROFILES[number];

/** Bounds of the value columns, without identity columns. */
const FIELDS_MIN = FABRIC_FIELDS_DEFAULT;
const FIELDS_MAX = 200;

/** Every environment variable that data_server reads. */
export const SPEC = {
  DATA_SWITCHES: integer({
    default: 64,
    min: 1,
    max: 100_000,
    unit: "switches",
    description: "Switches in the matrix",
  }),
  DATA_INTERVAL_SEC: number({
    default: 10,
    min: 1,
    max: 86_400,
    unit: "s",
    description: "Time between two snapshots",
  }),
  DATA_FIELDS: optional(integer({
    min: FIELDS_MIN,
    max: FIELDS_MAX,
    unit: "columns",
    description:
      `Value columns; default ${FABRIC_FIELDS_DEFAULT} (fabric) or ${UFM_FIELDS_DEFAULT} (ufm)`,
  })),
  DATA_PROFILE: choice({
    default: "fabric",
    of: PROFILES,
    description: "Shape of the data: fabric (one row per switch) or ufm (UFM Telemetry)",
  }),
  DATA_PORTS: integer({
    default: 40,
    min: 1,
    max: 256,
    unit: "ports",
    description: "Ports of each switch, in the ufm profile",
  }),
  SEED: optional(integer({
    min: 0,
    max: SEED_MAX,
    unit: "",
    out_of_range: "refuse",
    description:
      "Seed of the random numbers, to repeat a run; if unset, a random seed is used and logged",
  })),
  FAULT_500_PCT: number({
    default: 0,
    min: 0,
    max: 100,
    unit: "%",
    description: "Share of data requests answered with 500",
  }),
  FAULT_SLOW_MS: integer({
    default: 0,
    min: 0,
    max: 60_000,
    unit: "ms",
    description: "Extra delay of about 20 % of the data requests",
  }),
  BIND_HOST: text({ default: "0.0.0.0", description: "Address to listen on" }),
  PORT: port({ default: 9001 }),
  LOG_LEVEL: choice({
    default: "INFO",
    of: ["DEBUG", "INFO", "WARN", "ERROR"],
    description: "Lowest level that is logged",
  }),
};

/** The resolved configuration, except the seed. */
export interface DataServerConfig extends Omit<Config<typeof SPEC>, "DATA_FIELDS"> {
  readonly DATA_FIELDS: number;
}

/**
 * Reads the configuration and clamps the matrix to its limits.
 *
 * ```ts
 * readDataServerConfig({ DATA_SWITCHES: "8" }).config.DATA_SWITCHES; // 8
 * ```
 *
 * @throws {ConfigError} For an invalid value.
 */
export function readDataServerConfig(
  env: Env,
): { config: DataServerConfig; clamped: Clamped[] } {
  const { config, clamped } = readConfig(SPEC, env);
  const fitting = fitMatrix(config);
  return { config: { ...config, ...fitting.sizes }, clamped: [...clamped, ...fitting.clamped] };
}

/** Lowers ports, then fields, to at most {@link UFM_ROWS_MAX} and {@link MATRIX_CELLS_MAX}. */
function fitMatrix(
  config: Config<typeof SPEC>,
): { sizes: { DATA_PORTS: number; DATA_FIELDS: number }; clamped: Clamped[] } {
  const { DATA_SWITCHES, DATA_PROFILE, DATA_PORTS } = config;
  const is_ufm = DATA_PROFILE === "ufm";
  const ports_max = is_ufm ? Math.floor(UFM_ROWS_MAX / DATA_SWITCHES) : DATA_PORTS;
  const ports = Math.min(DATA_PORTS, ports_max);
  const fields = config.DATA_FIELDS ?? (is_ufm ? UFM_FIELDS_DEFAULT : FABRIC_FIELDS_DEFAULT);
  const rows = is_ufm ? DATA_SWITCHES * ports : DATA_SWITCHES;
  const fields_max = Math.floor(MATRIX_CELLS_MAX / rows);
  const sizes = { DATA_PORTS: ports, DATA_FIELDS: Math.min(fields, fields_max) };
  const moved = [
    { variable: "DATA_PORTS", value: DATA_PORTS, used: ports, min: 1, max: ports_max },
    {
      variable: "DATA_FIELDS",
      value: fields,
      used: sizes.DATA_FIELDS,
      min: FIELDS_MIN,
      max: fields_max,
    },
  ];
  return { sizes, clamped: moved.filter(({ value, used }) => used < value) };
}
