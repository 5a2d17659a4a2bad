/** Module `k6/encoding`. */
import { bytesOf } from "../http/form.ts";

/** With or without padding; the URL's alphabet or the standard one. */
const VARIANTS = ["std", "rawstd", "url", "rawurl"];

export function b64encode(input: string | ArrayBuffer, variant = "std"): string {
  const bytes = bytesOf(input) ?? new TextEncoder().encode(String(input));
  return bytes.toBase64({ alphabet: alphabetOf(variant), omitPadding: variant.startsWith("raw") });
}

/** Returns bytes, or text with format `s`. */
export function b64decode(input: string, variant = "std", format?: string): ArrayBuffer | string {
  const bytes = Uint8Array.fromBase64(input, { alphabet: alphabetOf(variant) });
  return format === "s" ? new TextDecoder().decode(bytes) : bytes.buffer;
}

function alphabetOf(variant: string): "base64" | "base64url" {
  if (VARIANTS.includes(variant)) return variant.endsWith("url") ? "base64url" : "base64";
  throw new TypeError(`encoding: must be one of ${VARIANTS.join(", ")}, got "${variant}"`);
}

export default { b64decode, b64encode };
