/** Encodes the body argument of `http.*`. */
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { joinBytes } from "../../../platform/mod.ts";

/** The result of `http.file`. */
export class FileData {
  constructor(
    readonly data: string | ArrayBuffer | Uint8Array,
    readonly filename: string,
    readonly content_type = "application/octet-stream",
  ) {}
}

export interface RequestBody {
  readonly bytes: Uint8Array;
  /** Used unless the script sets Content-Type; null for none. */
  readonly content_type: string | null;
  /** For `response.request.body`. */
  readonly text: string;
}

const encoder = new TextEncoder();

/**
 * Sends text and buffers unchanged, an object as a form, and a form with a file as multipart, with
 * a boundary from `random`. @throws {TypeError} for anything else.
 */
export function encodeBody(body: unknown, random: () => number): RequestBody | null {
  if (body === null || body === undefined) return null;
  if (typeof body === "string") {
    return { bytes: encoder.encode(body), content_type: null, text: body };
  }
  const bytes = bytesOf(body);
  if (bytes !== null) return { bytes, content_type: null, text: new TextDecoder().decode(bytes) };
  if (typeof body !== "object") {
    throw new TypeError(
      `Cannot send a body of type ${typeof body}: must be a string, an ArrayBuffer or an object`,
    );
  }
  const fields = Object.entries(body);
  return fields.some(([, value]) => value instanceof FileData)
    ? multipart(fields, random)
    : urlEncoded(fields);
}

/** Applies the algorithms in order; null if there are none. */
export function compress(
  body: RequestBody | null,
  algorithms: string | undefined,
): RequestBody | null {
  if (body === null || !algorithms) return null;
  let { bytes } = body;
  for (const algorithm of algorithms.split(",").map((name) => name.trim())) {
    if (algorithm === "gzip") bytes = gzipSync(bytes);
    else if (algorithm === "deflate") bytes = deflateSync(bytes);
    else if (algorithm === "br") bytes = brotliCompressSync(bytes);
    else throw new TypeError(`compression: must be gzip, deflate or br, got "${algorithm}"`);
  }
  return { ...body, bytes };
}

/** The bytes of a buffer or a view, without copying; null for other values. */
export function bytesOf(value: unknown): Uint8Array | null {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return null;
}

function urlEncoded(fields: readonly (readonly [string, unknown])[]): RequestBody {
  const form = new URLSearchParams();
  for (const [name, value] of fields) {
    for (const one of Array.isArray(value) ? value : [value]) form.append(name, String(one));
  }
  const text = form.toString();
  return { bytes: encoder.encode(text), content_type: "application/x-www-form-urlencoded", text };
}

function multipart(
  fields: readonly (readonly [string, unknown])[],
  random: () => number,
): RequestBody {
  const digits = Array.from({ length: 30 }, () => Math.trunc(random() * 16).toString(16));
  const boundary = digits.join("");
  const parts: Uint8Array[] = [];
  for (const [name, value] of fields) {
    const file = value instanceof FileData ? value : null;
    const disposition = `form-data; name="${quoted(name)}"` +
      (file === null ? "" : `; filename="${quoted(file.filename)}"`);
    const type = file === null ? "" : `\r\nContent-Type: ${file.content_type}`;
    parts.push(
      encoder.encode(`--${boundary}\r\nContent-Disposition: ${disposition}${type}\r\n\r\n`),
      file === null
        ? encoder.encode(String(value))
        : bytesOf(file.data) ?? encoder.encode(file.data as string),
      encoder.encode("\r\n"),
    );
  }
  parts.push(encoder.encode(`--${boundary}--\r\n`));
  const bytes = joinBytes(parts);
  const content_type = `multipart/form-data; boundary=${boundary}`;
  return { bytes, content_type, text: new TextDecoder().decode(bytes) };
}

/** Quotes and line ends would end the header. */
function quoted(text: string): string {
  return text.replace(/["\r\n]/g, (char) => encodeURIComponent(char));
}
