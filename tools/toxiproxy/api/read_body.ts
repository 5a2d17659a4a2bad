/** Bodies of API requests: JSON, checked for what is asked. Names that are not known are let be, as the real server does. */
import { readAddress } from "../engine/address.ts";
import { NAME_CHARS_MAX } from "../limits.ts";
import {
  type Attributes,
  checkAttributes,
  checkStream,
  checkToxicity,
  isToxicType,
} from "../toxics/attributes.ts";
import type { ToxicView } from "../engine/toxic.ts";
import { badBody, checked, invalidType, missingField } from "./api_error.ts";

type Fields = Record<string, unknown>;

/** What POST /proxies and /populate take. */
export interface ProxyBody {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
}

/** What PATCH /proxies/{p} takes; undefined stays as it is. */
export interface ProxyPatch {
  readonly listen?: string;
  readonly upstream?: string;
  readonly enabled?: boolean;
}

export function parseJson(text: string): unknown {
  if (text.trim() === "") throw badBody("EOF");
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badBody((error as Error).message);
  }
}

export function readProxy(json: unknown, at = ""): ProxyBody {
  const fields = readFields(json);
  const name = readText(fields, "name") ?? "";
  const listen = readText(fields, "listen") ?? "";
  const upstream = readText(fields, "upstream") ?? "";
  if (name === "") throw missingField("name", at);
  if (upstream === "") throw missingField("upstream", at);
  checked(() => checkName(name));
  checked(() => checkUpstream(upstream));
  return { name, listen, upstream, enabled: readFlag(fields, "enabled") ?? true };
}

export function readProxyPatch(json: unknown): ProxyPatch {
  const fields = readFields(json);
  const listen = readText(fields, "listen");
  const upstream = readText(fields, "upstream");
  if (upstream !== undefined) checked(() => checkUpstream(upstream));
  if (listen) checked(() => readAddress("listen", listen));
  return { listen, upstream, enabled: readFlag(fields, "enabled") };
}

export function readToxic(json: unknown): ToxicView {
  const fields = readFields(json);
  const type = readText(fields, "type");
  const stream = readText(fields, "stream") ?? "downstream";
  checked(() => checkStream(stream));
  if (!isToxicType(type)) throw invalidType();
  const name = readText(fields, "name") || `${type}_${stream.toLowerCase()}`;
  return checked(() => ({
    attributes: checkAttributes(type, fields.attributes),
    name: checkName(name),
    type,
    stream,
    toxicity: checkToxicity(fields.toxicity ?? 1),
  }));
}

/** A toxic after PATCH: attributes merged, name, type and stream as they were. */
export function patchToxic(json: unknown, before: ToxicView): ToxicView {
  const fields = readFields(json);
  return checked(() => ({
    ...before,
    attributes: checkAttributes(before.type, fields.attributes, before.attributes as Attributes),
    toxicity: checkToxicity(fields.toxicity ?? before.toxicity),
  }));
}

function checkName(name: string): string {
  if (name.length > NAME_CHARS_MAX || name.includes("/")) {
    throw new RangeError(
      `name=${name.slice(0, 40)}: must have at most ${NAME_CHARS_MAX} characters and no "/"`,
    );
  }
  return name;
}

function checkUpstream(upstream: string): void {
  if (readAddress("upstream", upstream).port === 0) {
    throw new RangeError(`upstream=${upstream}: port must be 1–65535`);
  }
}

function readFields(json: unknown): Fields {
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Fields;
  throw badBody(`must be an object, got ${Array.isArray(json) ? "array" : typeof json}`);
}

function readText(fields: Fields, name: string): string | undefined {
  return readTyped(fields, name, "string") as string | undefined;
}

function readFlag(fields: Fields, name: string): boolean | undefined {
  return readTyped(fields, name, "boolean") as boolean | undefined;
}

function readTyped(fields: Fields, name: string, type: "string" | "boolean"): unknown {
  const value = fields[name] ?? undefined;
  if (value === undefined || typeof value === type) return value;
  throw badBody(`${name} must be a ${type}, got ${typeof value}`);
}
