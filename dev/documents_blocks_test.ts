import { assertEquals, assertThrows } from "@std/assert";
import { commands, tour } from "./documents.ts";

const README = `# Name

\`\`\`sh
npx -y deno task dev      # starts
# only a comment
deno task test
\`\`\`

## Tour
First
words:

\`\`\`sh
curl 'http://h/a'
\`\`\`
\`\`\`json
{ "a": 1 }
\`\`\`

Second words.

\`\`\`sh
curl -i 'http://h/b'
\`\`\`
\`\`\`text
HTTP/1.1 304 Not Modified
etag: "x"
\`\`\`

## Next

\`\`\`sh
other
\`\`\`
`;

Deno.test("commands gives the lines of all sh blocks, without comments", () => {
  assertEquals(commands(README), [
    "npx -y deno task dev",
    "deno task test",
    "curl 'http://h/a'",
    "curl -i 'http://h/b'",
    "other",
  ]);
});

Deno.test("tour gives each command of its section with the words before and the answer after", () => {
  assertEquals(tour(README), [
    { title: "First words:", command: "curl 'http://h/a'", answer: '{ "a": 1 }' },
    {
      title: "Second words.",
      command: "curl -i 'http://h/b'",
      answer: 'HTTP/1.1 304 Not Modified\netag: "x"',
    },
  ]);
});

Deno.test("tour refuses a README without a tour, and a command without an answer", () => {
  assertThrows(() => tour("# Name\n"), Error, "the README has no section ## Tour");
  assertThrows(
    () => tour("## Tour\n\n```sh\ncurl 'http://h'\n```\n"),
    Error,
    "a curl command has no answer after it",
  );
});
