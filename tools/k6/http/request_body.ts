/** Encodes the body argument of `http.*`. */
import { bytesOf, fieldsOf, FileData, multipart, urlEncode } from "./form.ts";

/** A body on the wire. */
export class RequestBody {
  /**
   * @param content_type Used unless the script sets Content-Type; null for none.
   * @param plain The bytes before compression.
   */
  constructor(
    readonly bytes: Uint8Array,
    readonly content_type: string | null,
    readonly plain: Uint8Array = bytes,
  ) {}

  /** For `response.request.body`. */
  get text(): string {
    return new TextDecoder().decode(this.plain);
  }
}

/** Randomness and messages of an encoding. */
export interface BodyHost {
  /** Makes the boundaries of multipart forms. */
  random(): number;
  warn(message: string): void;
}

/** As Go's boundaries, in hexadecimal digits. */
const BOUNDARY_DIGITS = 60;

/**
 * Sends text and buffers unchanged, an object as a form, and a form with a file as multipart.
 * @throws {TypeError} for anything else.
 */
export function encodeBody(body: unknown, host: BodyHost): RequestBody | null {
  if (body === null || body === undefined) return null;
  if (typeof body === "string") return new RequestBody(new TextEncoder().encode(body), null);
  const bytes = bytesOf(body);
  if (bytes !== null) return new RequestBody(bytes, null);
  const is_form = typeof body === "object" && !Array.isArray(body) && !(body instanceof FileData);
  const is_instance = is_form && Object.keys(body).length === 0 && !isPlain(body);
  if (!is_form || is_instance) {
    throw new TypeError(`Cannot send ${nameOf(body)} as a body: ${BODIES}`);
  }
  const fields = fieldsOf(body, (message) => host.warn(message));
  if (!fields.some(([, value]) => value instanceof FileData)) {
    const form = new TextEncoder().encode(urlEncode(fields));
    return new RequestBody(form, "application/x-www-form-urlencoded");
  }
  const digits = Array.from(
    { length: BOUNDARY_DIGITS },
    () => Math.trunc(host.random() * 16).toString(16),
  );
  const boundary = digits.join("");
  return new RequestBody(multipart(fields, boundary), `multipart/form-data; boundary=${boundary}`);
}

const BODIES =
  "must be a string, an ArrayBuffer or an object of fields; use JSON.stringify(value) for JSON, " +
  "String(value) for URLSearchParams, { name: http.file(…) } for a file";

/** Not an instance of a class: `URLSearchParams`, `FormData` and `Map` have no fields of a form. */
function isPlain(body: object): boolean {
  return [null, "Object"].includes(Object.getPrototypeOf(body)?.constructor?.name ?? null);
}

function nameOf(body: unknown): string {
  if (Array.isArray(body)) return "an array";
  if (typeof body === "object" && body !== null && !(body instanceof FileData)) {
    return `a ${body.constructor.name}`;
  }
  return body instanceof FileData ? "an http.file" : `a ${typeof body}`;
}
