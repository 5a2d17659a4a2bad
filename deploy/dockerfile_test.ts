import { assertEquals, assertThrows } from "@std/assert";
import { parseDockerfile } from "./dockerfile.ts";

Deno.test("parseDockerfile reads every instruction that is used, over continued lines and comments", () => {
  const text = `# head
FROM denoland/deno:2.9.6
WORKDIR /app
COPY deno.json ./
COPY a b to
ENV A=1 B=/tmp/x
USER deno
EXPOSE 9001
HEALTHCHECK --interval=10s --timeout=3s \\
  # between
  CMD ["deno", \\
  "check.ts"]
ENTRYPOINT ["deno"]
CMD ["run", "main.ts"]
`;
  assertEquals(parseDockerfile(text), {
    from: "denoland/deno:2.9.6",
    workdir: "/app",
    copies: [{ sources: ["deno.json"], to: "./" }, { sources: ["a", "b"], to: "to" }],
    env: { A: "1", B: "/tmp/x" },
    user: "deno",
    expose: [9001],
    healthcheck: ["deno", "check.ts"],
    entrypoint: ["deno"],
    command: ["run", "main.ts"],
  });
});

const REFUSED: [line: string, message: string][] = [
  ["RUN deno cache main.ts", "RUN deno cache main.ts: this instruction is not rehearsed"],
  ["copy a b", "copy a b: this instruction is not rehearsed"],
  ["FROM b", "FROM b: one FROM is rehearsed, this is another"],
  ["COPY a", "COPY a: only COPY SOURCE… TARGET with plain paths is rehearsed"],
  ["COPY *.ts to", "COPY *.ts to: only COPY SOURCE… TARGET with plain paths is rehearsed"],
  [
    "COPY --chown=deno a to",
    "COPY --chown=deno a to: only COPY SOURCE… TARGET with plain paths is rehearsed",
  ],
  ['ENV A="1 2"', 'ENV A="1 2": only ENV NAME=value … is rehearsed'],
  ["ENV A=$B", "ENV A=$B: only ENV NAME=value … is rehearsed"],
  ["CMD deno run main.ts", "CMD deno run main.ts: must be a JSON array of words"],
  ["HEALTHCHECK NONE", "HEALTHCHECK NONE: must be a JSON array of words"],
];

for (const [line, message] of REFUSED) {
  Deno.test(`parseDockerfile refuses what is not rehearsed: ${line}`, () => {
    assertThrows(() => parseDockerfile(`FROM a\n${line}`), Error, message);
  });
}
