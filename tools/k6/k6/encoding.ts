/** Module `k6/encoding`. */
import { bytesOf } from "../http/request_body.ts";

/** With or without padding; the URL's alphabet or the standard one. */
const VARIANTS = ["std", "rawstd", "url", "rawurl"];

export function b64encode(input: string | ArrayBuffer, variant = "std"): string {
  demandVariant(variant);
  const bytes = bytesOf(input) ?? new TextEncoder().encode(String(input));
  const encoded = (bytes as Uint8Array & { toBase64(options: unknown): string }).toBase64({
    alphabet: variant.endsWith("url") ? "base64url" : "base64",
    omitPadding: variant.startsWith("raw"),
  });
  return encoded;
}

/** Bytes, or with format `s` the text they are. */
export function b64decode(input: string, variant = "std", format?: string): ArrayBuffer | string {
  demandVariant(variant);
  const decode = (Uint8Array as unknown as {
    fromBase64(text: string, options: unknown): Uint8Array;
  }).fromBase64;
  const bytes = decode.call(Uint8Array, input, {
    alphabet: variant.endsWith("url") ? "base64url" : "base64",
  });
  return format === "s" ? new TextDecoder().decode(bytes) : bytes.slice().buffer as ArrayBuffer;
}

function demandVariant(variant: string): void {
  if (!VARIANTS.includes(variant)) {
    throw new TypeError(`encoding: must be one of ${VARIANTS.join(", ")}, got "${variant}"`);
  }
}

export default { b64decode, b64encode };
