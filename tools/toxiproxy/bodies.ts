/** Bodies and errors of the API, read as the real server's Go code reads them. */
import { checkAddress } from "./address.ts";
import {
  type Attributes,
  checkAttributes,
  checkStream,
  checkToxicity,
  isToxicType,
  TOXIC_ATTRIBUTES,
  type ToxicType,
} from "./checks.ts";
import type { ToxicView } from "./link.ts";
import { type Decoded, decodeObject, type GoStruct, type Json, parseGoJson } from "./go_json.ts";
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
const toxicExists = () => new ApiError(409, "toxic already exists");
const missingField = (field: string, at = "") =>
  new ApiError(400, `missing required field: ${field}${at}`);
const badBody = (reason: string) => new ApiError(400, `bad request body: ${reason}`);
const invalidType = () => new ApiError(400, "invalid toxic type");

/** A check's `RangeError` is a 400; an error of the system, such as a port in use, a 500. */
export function apiErrorOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(error instanceof RangeError ? 400 : 500, (error as Error).message);
}

export type ProxyBody = ReturnType<typeof checkProxy>;

const PROXY_FIELDS = { name: "string", listen: "string", upstream: "string" } as const;
const PROXY: GoStruct = {
  type: "toxiproxy.Proxy",
  label: "Proxy",
  fields: { ...PROXY_FIELDS, enabled: "bool" },
};
const POPULATED_TYPE = 'struct { toxiproxy.Proxy; Enabled *bool "json:\\"enabled\\"" }';
const POPULATED: GoStruct = { type: POPULATED_TYPE, label: ".Proxy", fields: PROXY_FIELDS };
const POPULATED_ENABLED: GoStruct = {
  type: POPULATED_TYPE,
  label: "",
  fields: { enabled: "bool" },
};
const TOXIC: GoStruct = {
  type: "toxics.ToxicWrapper",
  label: "ToxicWrapper",
  fields: {
    attributes: { type: "toxics.NoopToxic", label: "", fields: {} },
    name: "string",
    type: "string",
    stream: "string",
    toxicity: "float32",
  },
};

/** Reads the body of POST /proxies. */
export function readProxy(text: string) {
  return checkProxy(read(text, (json) => decodeObject(json, PROXY).values));
}

/** Reads the body of POST /populate: an array of proxies, or null for none. */
export function readProxies(text: string): ProxyBody[] {
  const entries = read(text, (json) => {
    if (json.kind === "null") return [];
    if (json.kind === "array") return json.items.map(readPopulated);
    throw new Error(
      `json: cannot unmarshal ${json.kind} into Go value of type []${POPULATED_TYPE}`,
    );
  });
  return entries.map((entry, index) => checkProxy(entry, ` at proxy ${index + 1}`));
}

function readPopulated(json: Json): Decoded["values"] {
  return {
    ...decodeObject(json, POPULATED).values,
    ...decodeObject(json, POPULATED_ENABLED).values,
  };
}

function checkProxy(values: Decoded["values"], at = "") {
  const { name = "", listen = "", upstream = "", enabled = true } = values as {
    name?: string;
    listen?: string;
    upstream?: string;
    enabled?: boolean;
  };
  if (name === "") throw missingField("name", at);
  if (upstream === "") throw missingField("upstream", at);
  checkName(name);
  checkUpstream(upstream);
  return { name, listen, upstream, enabled };
}

/** Reads the body of PATCH /proxies/{p}; a field that is undefined stays as it is. */
export function readProxyPatch(text: string) {
  const decoded = read(text, (json) => decodeObject(json, PROXY));
  refuseUnknown(decoded, "a proxy", ["listen", "upstream", "enabled"]);
  const { listen, upstream, enabled } = decoded.values as Partial<ProxyBody>;
  if (upstream !== undefined) checkUpstream(upstream);
  return { listen, upstream, enabled };
}

/** Reads the body of POST …/toxics. @param isTaken Whether a toxic of this name exists. */
export function readToxic(text: string, isTaken: (name: string) => boolean): ToxicView {
  const { values } = read(text, (json) => decodeObject(json, TOXIC));
  const { type, stream = "downstream", toxicity = 1 } = values as Partial<ToxicView>;
  checkStream(stream);
  if (!isToxicType(type)) throw invalidType();
  const name = values.name as string || `${type}_${stream}`;
  if (isTaken(name)) throw toxicExists();
  const { attributes } = read(text, (json) => decodeObject(json, updateOf(type))).values;
  return {
    attributes: checkAttributes(type, givenAttributes(attributes as Decoded)),
    name: checkName(name),
    type,
    stream,
    toxicity: checkToxicity(toxicity),
  };
}

/** A toxic after PATCH: attributes merged; name, type and stream unchanged. */
export function patchToxic(text: string, before: ToxicView): ToxicView {
  const decoded = read(text, (json) => decodeObject(json, updateOf(before.type)));
  refuseUnknown(decoded, "a toxic", ["attributes", "toxicity"]);
  const { attributes, toxicity = before.toxicity } = decoded.values;
  const given = givenAttributes(attributes as Decoded);
  return {
    ...before,
    attributes: checkAttributes(before.type, given, before.attributes as Attributes),
    toxicity: checkToxicity(toxicity),
  };
}

/** The struct into which Go decodes the attributes of a toxic and the body of its PATCH. */
function updateOf(type: ToxicType): GoStruct {
  const words = type === "reset_peer" ? ["reset"] : type.split("_");
  const name = words.map((word) => word[0].toUpperCase() + word.slice(1)).join("") + "Toxic";
  const int = type === "slicer" ? "int" : "int64";
  const fields = Object.keys(TOXIC_ATTRIBUTES[type]).map((attribute) => [attribute, int]);
  return {
    type: 'struct { Attributes interface {} "json:\\"attributes\\""; ' +
      'Toxicity float32 "json:\\"toxicity\\"" }',
    label: "",
    fields: {
      attributes: {
        type: `toxics.${name}`,
        label: `${name}.attributes`,
        fields: Object.fromEntries(fields),
      },
      toxicity: "float32",
    },
  };
}

/** All given attributes; unknown ones are null, so that the check names them. */
function givenAttributes(attributes: Decoded | undefined): Record<string, unknown> {
  const unknown = attributes?.unknown.map((name) => [name, null]) ?? [];
  return { ...attributes?.values, ...Object.fromEntries(unknown) };
}

/** Fields of a proxy or toxic that a PATCH may repeat but cannot change. */
const FIXED_FIELDS = ["name", "type", "stream", "toxics", "logger"];

/** Refuses a change of unknown fields alone, which would be answered 200 and change nothing. */
function refuseUnknown({ values, unknown }: Decoded, what: string, known: string[]): void {
  const misspelled = unknown.filter((name) => !FIXED_FIELDS.includes(name.toLowerCase()));
  if (misspelled.length === 0 || Object.keys(values).length > 0) return;
  throw new RangeError(
    `unknown field ${misspelled.join(", ").slice(0, 100)}: to change ${what}, set ${
      known.join(", ")
    }`,
  );
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
  if (checkAddress("upstream", upstream).port === 0) {
    throw new RangeError(`upstream=${upstream}: port must be 1–65535`);
  }
}

function read<T>(text: string, decode: (json: Json) => T): T {
  try {
    return decode(parseGoJson(text));
  } catch (error) {
    throw badBody((error as Error).message);
  }
}
