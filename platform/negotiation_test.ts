import { assertEquals } from "@std/assert";
import { accepts, acceptsEncodings } from "./negotiation.ts";
import { HEADER_CHARS_MAX } from "./request.ts";

/** The header, the offers, and the chosen offer. */
type Case = [header: string | undefined, offers: string[], chosen: string | undefined];

const JSON_TYPE = "application/json";

const MEDIA: readonly Case[] = [
  [undefined, [JSON_TYPE, "text/html"], JSON_TYPE],
  ["", [JSON_TYPE], JSON_TYPE],
  ["*/*", ["text/html", JSON_TYPE], "text/html"],
  ["text/html", [JSON_TYPE, "text/html"], "text/html"],
  ["TEXT/HTML", ["text/html"], "text/html"],
  ["text/*", [JSON_TYPE, "text/csv"], "text/csv"],
  ["image/png", [JSON_TYPE], undefined],
  ["text/html;q=0.5, application/json", ["text/html", JSON_TYPE], JSON_TYPE],
  ["text/html, application/json", [JSON_TYPE, "text/html"], JSON_TYPE],
  ["*/*, text/html", [JSON_TYPE, "text/html"], "text/html"],
  ["text/html;q=0, */*", ["text/html"], undefined],
  ["text/html;q=0, */*", ["text/html", JSON_TYPE], JSON_TYPE],
  ["text/html;level=1", ["text/html", "text/html;level=1"], "text/html;level=1"],
  ["text/html", ["text/html;level=1"], "text/html;level=1"],
  ["text/*, text/html;q=0.1", ["text/html", "text/plain"], "text/plain"],
  ["text/html ; q=0.2 , a/b;q=0.1", ["a/b", "text/html"], "text/html"],
  ["nonsense", [JSON_TYPE], undefined],
];

for (const [header, offers, chosen] of MEDIA) {
  Deno.test(`accepts() chooses ${chosen} of ${offers} for Accept: ${header}`, () => {
    assertEquals(accepts(request("accept", header), ...offers), chosen);
  });
}

const ENCODINGS: readonly Case[] = [
  [undefined, ["gzip", "identity"], "gzip"],
  ["*", ["gzip", "br"], "gzip"],
  ["gzip", ["br", "gzip"], "gzip"],
  ["GZIP", ["gzip"], "gzip"],
  ["gzip, br", ["br", "gzip"], "gzip"],
  ["br;q=0.5, gzip", ["br", "gzip"], "gzip"],
  ["*, gzip;q=0.1", ["gzip", "br"], "br"],
  ["gzip;q=0, *", ["gzip", "br"], "br"],
  ["compress", ["gzip", "identity"], "identity"],
  ["gzip;q=0", ["gzip"], undefined],
  ["br, identity;q=0", ["gzip", "identity"], undefined],
  ["*;q=0", ["identity"], undefined],
  ["identity;q=0.5, *;q=0", ["gzip", "identity"], "identity"],
];

for (const [header, offers, chosen] of ENCODINGS) {
  Deno.test(`acceptsEncodings() chooses ${chosen} of ${offers} for ${header}`, () => {
    assertEquals(acceptsEncodings(request("accept-encoding", header), ...offers), chosen);
  });
}

Deno.test("A header of more than HEADER_CHARS_MAX characters is not parsed", () => {
  const long = "a,".repeat(HEADER_CHARS_MAX / 2);
  const encoding = (value: string) =>
    acceptsEncodings(request("accept-encoding", value), "gzip", "identity");
  assertEquals(encoding(long.slice(5) + "gzip"), "gzip");
  assertEquals(encoding(long + "gzip"), "identity");
  assertEquals(accepts(request("accept", long + "text/html"), JSON_TYPE, "text/html"), JSON_TYPE);
});

function request(header: string, value: string | undefined): Pick<Request, "headers"> {
  return { headers: new Headers(value === undefined ? {} : { [header]: value }) };
}
