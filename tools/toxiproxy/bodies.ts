/** Bodies and errors of the API. Unknown fields are ignored, as by the real server. */
import {
  type Attributes,
  checkAttributes,
  checkStream,
  checkToxicity,
  isToxicType,
  readAddress,
} from "./checks.ts";
import type { ToxicView } from "./connection.ts";
import { NAME_CHARS_MAX } from "./limits.ts";

/**
 * An error that the API answers as `{"error": message, "status": status}`, in Toxiproxy's words.
 */
export class ApiError extends Error {
  override name = "ApiError";

  constructor(readonly status: number, message: string) {
    super(message);
  }
}

export const proxyNotFound = () => new ApiError(404, "proxy not found");
export const toxicNotFound = () => new ApiError(404, "toxic not found");
export const proxyExists = () => new ApiError(409, "proxy already exists");
export const toxicExists = () => new ApiError(409, "toxic already exists");
const missingField = (field: string, at = "") =>
  new ApiError(400, `missing required field: ${field}${at}`);
export const badBody = (reason: string) => new ApiError(400, `bad request body: ${reason}`);
const invalidType = () => new ApiError(400, "invalid toxic type");

/** A check's `RangeError` is a 400; an error of the system, such as a port in use, a 500. */
export function apiErrorOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(error instanceof RangeError ? 400 : 500, (error as Error).message);
}

type Fields = Record<string, unknown>;

export type ProxyBody = ReturnType<typeof readProxy>;

export function parseJson(text: string): unknown {
  if (text.trim() === "") throw badBody("EOF");
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badBody((error as Error).message);
  }
}

/** Reads the body of POST /proxies, or an entry of POST /populate. */
export function readProxy(json: unknown, at = "") {
  const fields = readFields(json);
  const name = readText(fields, "name") ?? "";
  const listen = readText(fields, "listen") ?? "";
  const upstream = readText(fields, "upstream") ?? "";
  if (name === "") throw missingField("name", at);
  if (upstream === "") throw missingField("upstream", at);
  checkName(name);
  checkUpstream(upstream);
  return { name, listen, upstream, enabled: readFlag(fields, "enabled") ?? true };
}

/** Reads the body of PATCH /proxies/{p}; a field that is undefined stays as it is. */
export function readProxyPatch(json: unknown) {
  const fields = readFields(json);
  const listen = readText(fields, "listen");
  const upstream = readText(fields, "upstream");
  if (upstream !== undefined) checkUpstream(upstream);
  if (listen) readAddress("listen", listen);
  return { listen, upstream, enabled: readFlag(fields, "enabled") };
}

export function readToxic(json: unknown): ToxicView {
  const fields = readFields(json);
  const type = readText(fields, "type");
  const stream = readText(fields, "stream") ?? "downstream";
  checkStream(stream);
  if (!isToxicType(type)) throw invalidType();
  const name = readText(fields, "name") || `${type}_${stream.toLowerCase()}`;
  return {
    attributes: checkAttributes(type, fields.attributes),
    name: checkName(name),
    type,
    stream,
    toxicity: checkToxicity(fields.toxicity ?? 1),
  };
}

/** A toxic after PATCH: attributes merged; name, type and stream unchanged. */
export function patchToxic(json: unknown, before: ToxicView): ToxicView {
  const fields = readFields(json);
  return {
    ...before,
    attributes: checkAttributes(before.type, fields.attributes, before.attributes as Attributes),
    toxicity: checkToxicity(fields.toxicity ?? before.toxicity),
  };
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
