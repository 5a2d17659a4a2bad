/** Flags of the CLI's commands; one set for all, since none means two things but -u. */
import { UsageError } from "./server_flags.ts";
import type { Stream } from "./toxics/attributes.ts";

export interface CliFlags {
  /** Of the proxy; "" where none was given, as for `list`. */
  readonly name: string;
  readonly listen?: string;
  readonly upstream?: string;
  readonly toxic?: string;
  readonly type?: string;
  readonly toxicity?: number;
  readonly stream: Stream;
  readonly attributes: Readonly<Record<string, number>>;
}

const LONG: Readonly<Record<string, string>> = {
  l: "listen",
  n: "toxicName",
  t: "type",
  tox: "toxicity",
  a: "attribute",
  d: "downstream",
};

/** Throws a `UsageError` that names the flag. */
export function readCliFlags(args: readonly string[]): CliFlags {
  const names: string[] = [];
  const texts: Record<string, string> = {};
  const attributes: Record<string, number> = {};
  let stream: Stream = "downstream";
  for (let at = 0; at < args.length; at++) {
    const match = /^--?([A-Za-z]+)(?:=(.*))?$/s.exec(args[at]);
    if (match === null) {
      names.push(args[at]);
      continue;
    }
    const flag = LONG[match[1]] ?? match[1];
    // `-u` is an address for create and a direction for toxic add.
    const is_address = /^(u|upstream)$/.test(flag) &&
      (args[at + 1] ?? match[2] ?? "").includes(":");
    if (flag === "downstream") stream = "downstream";
    else if (!is_address && /^(u|upstream)$/.test(flag)) stream = "upstream";
    else {
      const value = match[2] ?? args[++at];
      if (value === undefined) throw new UsageError(`${args[at - 1]}: needs a value`);
      if (flag === "attribute") readAttribute(value, attributes);
      else texts[flag === "u" ? "upstream" : flag] = value;
    }
  }
  const { listen, upstream, toxicName, type, toxicity, ...unknown } = texts;
  for (const name of Object.keys(unknown)) throw new UsageError(`--${name}: no such flag`);
  if (names.length > 1) throw new UsageError(`${names[1]}: one name only; flags come before it`);
  return {
    name: names[0] ?? "",
    listen,
    upstream,
    toxic: toxicName,
    type,
    toxicity: toxicity === undefined ? undefined : Number(toxicity),
    stream,
    attributes,
  };
}

function readAttribute(text: string, attributes: Record<string, number>): void {
  const match = /^([^=]+)=(-?\d+)$/.exec(text);
  if (match === null) throw new UsageError(`-a ${text}: must be KEY=WHOLE NUMBER`);
  attributes[match[1]] = Number(match[2]);
}
