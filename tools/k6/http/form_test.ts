import { assertEquals, assertThrows } from "@std/assert";
import { iterate, ok } from "../testing/run_script.ts";
import { fieldsOf, FileData, multipart, urlEncode } from "./form.ts";

/** Forms and their text; each expected value is what Go 1.26 writes. */
const FORMS: [what: string, form: Record<string, unknown>, text: string][] = [
  [
    "null and undefined are empty",
    { name: null, tags: ["one", null], u: undefined },
    "name=&tags=one&tags=&u=",
  ],
  ["keys are sorted by their UTF-8 bytes", {
    b: 2,
    a: 1,
    B: 3,
    "": 4,
    "😀": 5,
    "！": 6,
    10: 7,
    9: 8,
  }, "=4&10=7&9=8&B=3&a=1&b=2&%EF%BC%81=6&%F0%9F%98%80=5"],
  ["an array repeats its key in order, an empty one has none", { b: [2, 1], a: [] }, "b=2&b=1"],
  ["a hole in an array is empty", { a: [1, , 2] }, "a=1&a=&a=2"],
  [
    "escapes as url.QueryEscape does",
    { "a b": "~!'()*-._ +&=%\n\u{1F600}é" },
    "a+b=~%21%27%28%29%2A-._+%2B%26%3D%25%0A%F0%9F%98%80%C3%A9",
  ],
  ["a lone surrogate is U+FFFD", { a: "\ud800" }, "a=%EF%BF%BD"],
  ["booleans and boxed values are text", {
    a: true,
    b: false,
    c: new Number(5),
    d: new String("x"),
  }, "a=true&b=false&c=5&d=x"],
  ["integers up to 2^53 are written in full", {
    a: 1e15,
    b: 2 ** 53,
    c: -5,
    d: 4 / 2,
    e: 10n ** 20n,
  }, "a=1000000000000000&b=9007199254740992&c=-5&d=2&e=100000000000000000000"],
  [
    "other numbers are float64s",
    {
      a: 1e21,
      b: -0,
      c: 0.1,
      d: 1234567.5,
      e: 1e-7,
      f: 0.0001,
      g: 123456.7,
      h: 2 ** 53 + 2,
      i: 5e-324,
      j: -1.5e300,
    },
    "a=1e%2B21&b=-0&c=0.1&d=1.2345675e%2B06&e=1e-07&f=0.0001&g=123456.7&h=9.007199254740994e%2B15&i=5e-324&j=-1.5e%2B300",
  ],
  [
    "numbers that are not finite have Go's names",
    { a: NaN, b: Infinity, c: -Infinity },
    "a=NaN&b=%2BInf&c=-Inf",
  ],
  ["an own __proto__ is a field", JSON.parse('{"__proto__":"x"}'), "__proto__=x"],
];

for (const [what, form, text] of FORMS) {
  Deno.test(`urlEncode: ${what}`, () => {
    assertEquals(urlEncode(fieldsOf(form, (message) => assertEquals(message, ""))), text);
  });
}

for (
  const nested of [
    { b: 1 },
    [1],
    new Date(0),
    new Uint8Array(2),
    new ArrayBuffer(1),
    () => 1,
    Symbol("s"),
  ]
) {
  const name = Object.prototype.toString.call(nested);
  Deno.test(`fieldsOf sends a nested value empty and warns: ${name}`, () => {
    const warnings: string[] = [];
    assertEquals(fieldsOf({ a: [1, nested] }, (message) => warnings.push(message)), [
      ["a", "1"],
      ["a", ""],
    ]);
    assertEquals(warnings.length, 1);
    assertEquals(warnings[0].startsWith('The form field "a" is sent empty'), true);
  });
}

Deno.test("multipart writes parts as Go's mime/multipart, with names escaped", () => {
  const fields = fieldsOf({
    z: [new FileData("one", 'a"b\\c'), new FileData(new Uint8Array([0, 255]), "d\r\ne", "x/y"), 5],
    'n"\r\nm\\': null,
  }, () => {});
  const text = new TextDecoder("latin1").decode(multipart(fields, "B"));
  assertEquals(
    text,
    '--B\r\nContent-Disposition: form-data; name="n\\"%0D%0Am\\\\"\r\n\r\n\r\n' +
      '--B\r\nContent-Disposition: form-data; name="z"; filename="a\\"b\\\\c"\r\n' +
      "Content-Type: application/octet-stream\r\n\r\none\r\n" +
      '--B\r\nContent-Disposition: form-data; name="z"; filename="d%0D%0Ae"\r\n' +
      "Content-Type: x/y\r\n\r\n\x00ÿ\r\n" +
      '--B\r\nContent-Disposition: form-data; name="z"\r\n\r\n5\r\n--B--\r\n',
  );
});

Deno.test("http.file refuses data and content types that no part can carry", () => {
  assertThrows(() => new FileData(undefined as never, "f"), TypeError, "got undefined");
  assertThrows(() => new FileData("x", "f", "a/b\r\nX: y"), TypeError, "must be one line");
});

Deno.test("a form with a file in an array is sent as multipart, a nested value warns once", async () => {
  const { requests, stderr } = await iterate(
    `
    const post = (body) => http.asyncRequest("POST", __ENV.URL, body);
    await post({ b: [http.file("1", "1.txt"), http.file("2")], a: 1 });
    await post({ a: { b: 1 } });
    await post({ a: { b: 1 } });`,
    () => ok(),
  );
  const [head, body] = requests[0].split("\r\n\r\n--");
  assertEquals(/boundary=[0-9a-f]{60}\r\n/.test(head), true);
  assertEquals([...body.matchAll(/name="(\w)"/g)].map(([, name]) => name), ["a", "b", "b"]);
  assertEquals([...body.matchAll(/filename="(1\.txt|\d{19})"/g)].length, 2);
  assertEquals(requests.slice(1).map((request) => request.split("\r\n\r\n")[1]), ["a=", "a="]);
  assertEquals(stderr.match(/WARN.*The form field/g)?.length, 1);
});

const REFUSED = ["[1]", "5", 'http.file("x")', "true", 'new URLSearchParams("a=1")', "new Map()"];
for (const body of REFUSED) {
  Deno.test(`a body of ${body} is refused with what to send`, async () => {
    const { stderr } = await iterate(
      `await http.asyncRequest("POST", __ENV.URL, ${body});`,
      () => ok(),
    );
    assertEquals(
      /TypeError: Cannot send an? .* as a body: must be a string/.test(stderr),
      true,
      stderr,
    );
  });
}
