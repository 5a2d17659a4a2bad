import { assertEquals, assertThrows } from "@std/assert";
import { newToken, parseTokens, Tokens, TOKENS_MAX } from "./tokens.ts";

const HEX = "ab".repeat(32);

Deno.test("parseTokens reads names and sums, and skips comments and empty lines", () => {
  const text = `# tokens\n\ngrafana sha256:${HEX} # until May\r\n  lab   sha256:${HEX}\n`;
  assertEquals(parseTokens(text).map(({ name }) => name), ["grafana", "lab"]);
  assertEquals([...parseTokens(text)[0].sum], Array(32).fill(0xab));
});

for (
  const [text, message] of [
    ["", "no token: deno task metrics --new-token NAME makes one"],
    ["# none", "no token: deno task metrics --new-token NAME makes one"],
    ["a secret", "line 1: must be name sha256:<64 hex>"],
    [`\na sha256:${HEX}0`, "line 2: must be name sha256:<64 hex>"],
    [`a sha256:${HEX.toUpperCase()}`, "line 1: must be name sha256:<64 hex>"],
    [`a sha256:${HEX}\na sha256:${HEX}`, "line 2: the name a is repeated"],
    [
      Array.from({ length: TOKENS_MAX + 1 }, (_, i) => `t${i} sha256:${HEX}`).join("\n"),
      `more than ${TOKENS_MAX} tokens`,
    ],
  ]
) {
  Deno.test(`parseTokens refuses a file with "${message}" and shows no token`, () => {
    assertEquals(assertThrows(() => parseTokens(text), Error).message, message);
  });
}

async function twoTokens() {
  const [first, second] = [await newToken("first"), await newToken("second")];
  const tokens = new Tokens(parseTokens(`${first.line}\n${second.line}`));
  return { tokens, first: first.token, second: second.token };
}

Deno.test("Tokens accepts each token as bearer and as password, with any user name", async () => {
  const { tokens, first, second } = await twoTokens();
  for (const token of [first, second]) {
    for (
      const value of [
        `Bearer ${token}`,
        `bearer  ${token}`,
        `Basic ${btoa(`:${token}`)}`,
        `basic ${btoa(`any.user:${token}`)}`,
      ]
    ) {
      assertEquals(await tokens.accepts(value), true, value);
      // A value that was accepted costs no sum.
      assertEquals(tokens.accepts(value), true, value);
    }
  }
});

Deno.test("Tokens refuses every other value of Authorization", async () => {
  const { tokens, first } = await twoTokens();
  for (
    const value of [
      null,
      "",
      first,
      "Bearer",
      `Bearer ${first}x`,
      `Bearer ${first.slice(1)}`,
      `Bearer ${first.toUpperCase()}`,
      `Bearer ${first} ${first}`,
      `Basic ${btoa(first)}`,
      `Basic ${btoa(`${first}:`)}`,
      "Basic %%%",
      `Digest ${first}`,
      `Bearer ${"a".repeat(2000)}`,
    ]
  ) {
    assertEquals(await tokens.accepts(value), false, `${value}`);
  }
});

Deno.test("A token that was accepted is refused once it is no longer in the file", async () => {
  const { tokens, first, second } = await twoTokens();
  await tokens.accepts(`Bearer ${first}`);
  const { line, token } = await newToken("third");
  const being_checked = tokens.accepts(`Bearer ${second}`);
  tokens.replace(parseTokens(line));
  assertEquals(await being_checked, false);
  assertEquals(await tokens.accepts(`Bearer ${first}`), false);
  assertEquals(await tokens.accepts(`Bearer ${token}`), true);
});
