import { assertEquals, assertThrows } from "@std/assert";
import { type Coding, ContentCodingError, parseContentEncoding } from "./content_encoding.ts";

const LISTS: [header: string | null, codings: Coding[]][] = [
  [null, []],
  ["", []],
  ["identity", []],
  ["gzip", ["gzip"]],
  [" GZip ", ["gzip"]],
  ["x-gzip", ["gzip"]],
  ["deflate, br", ["deflate", "br"]],
  ["gzip,, identity , gzip", ["gzip", "gzip"]],
  ["gzip,gzip,gzip,gzip,gzip", ["gzip", "gzip", "gzip", "gzip", "gzip"]],
];

for (const [header, codings] of LISTS) {
  Deno.test(`parseContentEncoding reads ${JSON.stringify(header)}`, () => {
    assertEquals(parseContentEncoding(header), codings);
  });
}

for (
  const [header, message] of [
    ["zstd", 'Content-Encoding "zstd" is unknown: gzip, x-gzip, deflate, br, identity'],
    [
      "gzip, Compress",
      'Content-Encoding "compress" is unknown: gzip, x-gzip, deflate, br, identity',
    ],
    ["gzip;q=1", 'Content-Encoding "gzip;q=1" is unknown: gzip, x-gzip, deflate, br, identity'],
    ["gzip,br,gzip,br,gzip,br", "Content-Encoding has 6 codings: at most 5"],
  ]
) {
  Deno.test(`parseContentEncoding refuses ${header}`, () => {
    const error = assertThrows(() => parseContentEncoding(header), ContentCodingError);
    assertEquals([error.fault, error.message], ["unsupported", message]);
  });
}
