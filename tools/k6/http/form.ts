/** Forms of `http.*` bodies, in the bytes that Go's `net/url` and `mime/multipart` produce. */
import { joinBytes } from "../../../platform/mod.ts";

/** The result of `http.file`. */
export class FileData {
  /** @throws {TypeError} for data or a content type that no part can carry. */
  constructor(
    readonly data: string | ArrayBuffer | Uint8Array,
    readonly filename: string,
    readonly content_type = "application/octet-stream",
  ) {
    if (typeof data !== "string" && bytesOf(data) === null) {
      throw new TypeError(`http.file: data must be a string or an ArrayBuffer, got ${typeof data}`);
    }
    if (/[\r\n]/.test(content_type)) {
      throw new TypeError(
        `http.file: content type must be one line, got ${JSON.stringify(content_type)}`,
      );
    }
  }
}

type Field = readonly [name: string, value: string | FileData];

/**
 * The fields of a form in the order of Go's `url.Values.Encode`: sorted by name. An array is a
 * field for each item. Null and undefined are empty, as are nested values, which `warn` reports.
 */
export function fieldsOf(form: object, warn: (message: string) => void): Field[] {
  return Object.entries(form)
    .sort(([a], [b]) => compareCodePoints(a, b))
    .flatMap(([name, value]): Field[] =>
      (Array.isArray(value) ? Array.from(value) : [value]).map((one) => {
        if (one instanceof FileData) return [name, one];
        const text = textOf(one);
        if (text === null) {
          warn(
            `The form field ${JSON.stringify(name)} is sent empty: a form cannot carry a nested ` +
              "value; send JSON.stringify(value), or bytes as http.file(value)",
          );
        }
        return [name, text ?? ""];
      })
    );
}

/** `application/x-www-form-urlencoded`. */
export function urlEncode(fields: readonly Field[]): string {
  return fields.map(([name, value]) => `${queryEscape(name)}=${queryEscape(value as string)}`)
    .join("&");
}

/** `multipart/form-data` (RFC 7578). */
export function multipart(fields: readonly Field[], boundary: string): Uint8Array {
  const encoder = new TextEncoder();
  const parts = fields.flatMap(([name, value]) => {
    const file = value instanceof FileData ? value : null;
    const disposition = `form-data; name="${quoted(name)}"` +
      (file === null ? "" : `; filename="${quoted(file.filename)}"`);
    const type = file === null ? "" : `\r\nContent-Type: ${file.content_type}`;
    const data = file === null ? value as string : file.data;
    return [
      encoder.encode(`--${boundary}\r\nContent-Disposition: ${disposition}${type}\r\n\r\n`),
      typeof data === "string" ? encoder.encode(data) : bytesOf(data)!,
      encoder.encode("\r\n"),
    ];
  });
  return joinBytes([...parts, encoder.encode(`--${boundary}--\r\n`)]);
}

/** The bytes of a buffer or a view, without copying; null for other values. */
export function bytesOf(value: unknown): Uint8Array | null {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return null;
}

/** Null for a nested value. */
function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return "";
  if (value instanceof Number || value instanceof String || value instanceof Boolean) {
    return textOf(value.valueOf());
  }
  switch (typeof value) {
    case "number":
      return goNumber(value);
    case "string":
    case "boolean":
    case "bigint":
      return String(value);
    default:
      return null;
  }
}

/** A number as Go's `%v` prints it: integers up to 2^53 in full, then as a float64. */
function goNumber(value: number): string {
  if (Object.is(value, -0)) return "-0";
  if (Number.isInteger(value) && Math.abs(value) <= 2 ** 53) return String(value);
  if (!Number.isFinite(value)) {
    return String(value).replace(/^(-?)Infinity/, (_, sign) => `${sign || "+"}Inf`);
  }
  const [digits, power] = value.toExponential().split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(value);
  return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** As Go's `url.QueryEscape`. */
function queryEscape(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/%20/g, "+")
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Quotes, backslashes and line ends would end the name. */
function quoted(text: string): string {
  return text.replace(/["\\]/g, "\\$&").replace(/[\r\n]/g, encodeURIComponent);
}

/** The order of UTF-8 bytes, which differs from the order of UTF-16 units beyond U+FFFF. */
function compareCodePoints(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return (a.codePointAt(at) ?? -1) - (b.codePointAt(at) ?? -1);
}
