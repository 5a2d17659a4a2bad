/** The UFM profile: the ports of `ufm_ports.ts`, written as UFM Telemetry's CSV. */
import {
  NODE_GUID_BYTES,
  SWITCH_NAME_BYTES_MAX,
  UINT64_DIGITS_MAX,
  writeBytes,
  writeNodeGuid,
  writePadded,
  writeSwitchName,
  writeUint31,
  writeUint53,
} from "./cells.ts";
import type { Simulation } from "./simulation.ts";
import { UFM_IDENTITY_COLUMNS, type UfmField, ufmFields } from "./ufm_columns.ts";
import { UfmPorts } from "./ufm_ports.ts";

const encoder = new TextEncoder();

/** Between the timestamp and the GUIDs: source_id and the empty tag. */
const SOURCE_AND_TAG = encoder.encode(",mlx5_0,,");
const NOT_AVAILABLE = encoder.encode("N/A");
const NOT_A_NUMBER = encoder.encode("nan");
const LINK_SPEEDS = ["EDR", "HDR", "NDR"].map((speed) => encoder.encode(speed));
const DESCRIPTION_START = encoder.encode("MF0;");
const DESCRIPTION_END = encoder.encode(":MQM9700/U1");

/** Decimals of the mantissa, as in `5.48295e-7`. */
const MANTISSA_DECIMALS = 5;
const MANTISSA_ONE = 10 ** MANTISSA_DECIMALS;

/** The identity cells with their commas, and the line end. */
const IDENTITY_BYTES_MAX = UINT64_DIGITS_MAX + SOURCE_AND_TAG.length + 2 * (NODE_GUID_BYTES + 1) +
  UINT64_DIGITS_MAX + 1;

/** The longest value (a description) and its comma. */
const VALUE_BYTES_MAX = 1 + DESCRIPTION_START.length + SWITCH_NAME_BYTES_MAX +
  DESCRIPTION_END.length;

const COMMA = 0x2c;
const POINT = 0x2e;
const MINUS = 0x2d;
const LETTER_E = 0x65;
const LINE_FEED = 0x0a;

/**
 * The simulated endpoint. The constructor sets the initial state; write it before the first step.
 */
export class UfmSimulation implements Simulation {
  readonly columns: readonly string[];
  readonly switches: number;
  readonly cells_per_switch: number;
  readonly switch_bytes_max: number;
  readonly ports: UfmPorts;
  readonly #fields: readonly UfmField[];
  readonly #ports_per_switch: number;

  /** @param sizes `start_ms`: start in epoch milliseconds, which dates the down ports. */
  constructor(
    sizes: { switches: number; ports: number; fields: number; seed: number; start_ms: number },
  ) {
    this.#fields = ufmFields(sizes.fields);
    this.#ports_per_switch = sizes.ports;
    this.columns = [...UFM_IDENTITY_COLUMNS, ...this.#fields.map((field) => field.name)];
    this.switches = sizes.switches;
    this.cells_per_switch = sizes.ports * this.columns.length;
    this.switch_bytes_max = sizes.ports *
      (IDENTITY_BYTES_MAX + this.#fields.length * VALUE_BYTES_MAX);
    this.ports = new UfmPorts({ ...sizes, fields: this.#fields });
  }

  step(from: number, to: number): void {
    this.ports.step(from * this.#ports_per_switch, to * this.#ports_per_switch);
  }

  write(
    from: number,
    to: number,
    bytes: Uint8Array,
    at: number,
    taken_at_ms: number,
    switch_offsets: Uint32Array,
  ): number {
    for (let index = from; index < to; index++) {
      switch_offsets[index] = at;
      for (let port = 0; port < this.#ports_per_switch; port++) {
        const row = index * this.#ports_per_switch + port;
        at = writeUint53(bytes, at, this.ports.timestampUs(row, taken_at_ms));
        at = writeIdentity(bytes, at, index, port + 1);
        for (let field = 0; field < this.#fields.length; field++) {
          bytes[at++] = COMMA;
          at = this.#writeValue(bytes, at, index, row, field);
        }
        bytes[at++] = LINE_FEED;
      }
    }
    return at;
  }

  #writeValue(bytes: Uint8Array, at: number, index: number, row: number, field: number): number {
    const { ports } = this;
    const is_down = ports.isDown(row);
    switch (this.#fields[field].kind) {
      case "traffic":
        return ports.counters.write(ports.cell(row, field), bytes, at);
      case "errors":
        if (ports.isUnsupported(row, field)) return at;
        return ports.counters.write(ports.cell(row, field), bytes, at);
      case "raw_ber":
        if (is_down) return writeBytes(bytes, at, NOT_AVAILABLE);
        return writeRatio(bytes, at, ports.raw_ber_mantissa[row], ports.raw_ber_exponent[row]);
      case "effective_ber":
        if (is_down) return writeBytes(bytes, at, NOT_A_NUMBER);
        return writeRatio(bytes, at, ports.raw_ber_mantissa[row], ports.effectiveExponent(row));
      case "link_speed":
        return is_down ? at : writeBytes(bytes, at, LINK_SPEEDS[ports.link_speed[row]]);
      case "description":
        at = writeBytes(bytes, at, DESCRIPTION_START);
        at = writeSwitchName(bytes, at, index);
        return writeBytes(bytes, at, DESCRIPTION_END);
      case "temperature":
        return writeUint31(bytes, at, ports.temperature[row]);
    }
  }
}

function writeIdentity(bytes: Uint8Array, at: number, index: number, port_num: number): number {
  at = writeBytes(bytes, at, SOURCE_AND_TAG);
  at = writeNodeGuid(bytes, at, index);
  bytes[at++] = COMMA;
  // A switch has one port GUID for all its ports, its node GUID.
  at = writeNodeGuid(bytes, at, index);
  bytes[at++] = COMMA;
  return writeUint31(bytes, at, port_num);
}

/** `mantissa` × 10^−5 × 10^−`exponent`, as `5.48295e-7`. */
function writeRatio(bytes: Uint8Array, at: number, mantissa: number, exponent: number): number {
  const whole = (mantissa / MANTISSA_ONE) | 0;
  at = writeUint31(bytes, at, whole);
  bytes[at++] = POINT;
  at = writePadded(bytes, at, mantissa - whole * MANTISSA_ONE, MANTISSA_DECIMALS);
  bytes[at++] = LETTER_E;
  bytes[at++] = MINUS;
  return writeUint31(bytes, at, exponent);
}
