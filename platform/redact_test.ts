import { assert, assertEquals } from "@std/assert";
import { isSecretName, redacting, redactText, redactUrl, secretsOf } from "./redact.ts";

const SECRET_NAMES = [
  ..."token access_token accessToken id_token Refresh-Token auth_token X-Amz-Security-Token".split(
    " ",
  ),
  ..."api_key apikey API-KEY apiKey key X-Api-Key subscription-key AWSAccessKeyId".split(" "),
  ..."sig signature X-Amz-Signature X-Goog-Signature X-Amz-Credential".split(" "),
  ..."password PASSWORD passwd pwd pass user_pwd passphrase secret client_secret".split(" "),
  ..."auth oauth authorization jwt bearer sessionid jsessionid sid".split(" "),
  ..."%74oken to%6Ben user[password] user%5Bpassword%5D REDIS_PASSWORD".split(" "),
];

Deno.test("isSecretName recognises names of credentials in any case and spelling", () => {
  assertEquals(SECRET_NAMES.filter((name) => !isSecretName(name)), []);
});

Deno.test("isSecretName leaves names that only resemble them", () => {
  const others = "shard num_shards fields switch_id author design signal keyboard size passed user";
  assertEquals(others.split(" ").filter(isSecretName), []);
});

const URLS: readonly [url: string, shown: string][] = [
  ["http://host:1/csv?a=b", "http://host:1/csv?a=b"],
  ["http://user:secret@host:1/csv?a=b", "http://host:1/csv?a=b"],
  ["http://user:s%40cr%2Fet@host/csv", "http://host/csv"],
  ["http://secret@host/csv", "http://host/csv"],
  ["http://:secret@[::1]:9001/", "http://[::1]:9001/"],
  ["http://h/csv?shard=1&token=secret&x=2", "http://h/csv?shard=1&token=***&x=2"],
  ["http://h/csv?TOKEN=secret", "http://h/csv?TOKEN=***"],
  ["http://h/csv?token=secret%26secret", "http://h/csv?token=***"],
  ["http://h/csv?token=sec/ret=='secret)", "http://h/csv?token=***"],
  ["http://h/csv?token=", "http://h/csv?token="],
  ["http://h/csv?token", "http://h/csv?token"],
  ["http://h/csv#secret", "http://h/csv"],
  ["http://h/csv#access_token=secret", "http://h/csv"],
  ["http://h/csv;jsessionid=secret/x?y=1", "http://h/csv;jsessionid=***/x?y=1"],
  ["http://h/?a=1;token=secret", "http://h/?a=1;token=***"],
  ["http://h/?next=/x?token=secret", "http://h/?next=/x?token=***"],
  [
    "http://h/?next=http%3A%2F%2Fu%3Asecret%40i%2F%3Fkey%3Dsecret%26b%3D1&c=2",
    "http://h/?next=http%3A%2F%2F***%40i%2F%3Fkey%3D***%26b%3D1&c=2",
  ],
  ["../login?token=sec ret&x=1#secret", "../login?token=***&x=1"],
  ["//u:secret@h/x", "//***@h/x"],
  ["http://u:sec ret@h:99999/", "http://***@h:99999/"],
  ["\\\\u:secret@h", "\\\\***@h"],
  ["", ""],
];

for (const [url, shown] of URLS) {
  Deno.test(`redactUrl("${url}") is "${shown}"`, () => {
    assertEquals(redactUrl(url), shown);
    assertEquals(redactUrl(shown), shown);
  });
}

const TEXTS: readonly [text: string, shown: string][] = [
  ["POLL_MS=5: must be 100–3600000 (ms)", "POLL_MS=5: must be 100–3600000 (ms)"],
  ["fields=a,,b: must be non-empty names", "fields=a,,b: must be non-empty names"],
  ["for url (http://h/?token=secret): refused", "for url (http://h/?token=***): refused"],
  ["got http://u:secret@h/x, not CSV", "got http://***@h/x, not CSV"],
  ["Invalid URL: 'ftp://u:secret@h'", "Invalid URL: 'ftp://***@h'"],
  ["retry with key=secret; then stop", "retry with key=***; then stop"],
  ['{"Api_Token": "se\\"cret", "a": 1}', '{"Api_Token": "***", "a": 1}'],
  ["Authorization: Bearer secret", "Authorization: Bearer ***"],
  ["token=secret", "token=***"],
];

for (const [text, shown] of TEXTS) {
  Deno.test(`redactText("${text}") is "${shown}"`, () => {
    assertEquals(redactText(text), shown);
    assertEquals(redactText(shown), shown);
  });
}

Deno.test("secretsOf lists a URL's credentials in all forms that a text may quote", () => {
  const secrets = secretsOf("http://me:s%40cret@h/csv?token=a%2Fb+c&x=1#frag");
  for (
    const form of ["s%40cret", "s@cret", "a%2Fb+c", "a/b+c", "a/b c", "frag", btoa("me:s@cret")]
  ) {
    assert(secrets.includes(form), form);
    assertEquals(redactText(`(${form})`, secrets), "(***)");
  }
  assertEquals(secretsOf("http://h/csv?shard=1&token=abc"), []);
  assertEquals(secretsOf("not a URL"), []);
});

Deno.test("redacting hides secrets in all texts of a value and under secret names", () => {
  const value = { a: ["http://h/?key=secret", 7], b: { password: "secret", port: null, c: "77" } };
  assertEquals(
    JSON.stringify(value, redacting(["77"])),
    '{"a":["http://h/?key=***",7],"b":{"password":"***","port":null,"c":"***"}}',
  );
});

Deno.test("redactText takes no time that grows with the square of a text's length", () => {
  for (const part of ["http:", "//", '"a":"', "a=", "%2F", "?token=", "key=a) ", "://a@"]) {
    const from_ms = performance.now();
    redactText(part.repeat(50_000 / part.length));
    assert(performance.now() - from_ms < 5000, part);
  }
});
