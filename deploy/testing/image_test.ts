import { assertEquals, assertThrows } from "@std/assert";
import { containerEnv } from "./container.ts";
import { copiedFiles, dockerignore, parseDockerfile } from "./image.ts";

Deno.test("parseDockerfile reads every instruction in use, across continued lines and comments", () => {
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
  ["FROM b", "FROM b: only one FROM is rehearsed"],
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
  Deno.test(`parseDockerfile refuses ${line}`, () => {
    assertThrows(() => parseDockerfile(`FROM a\n${line}`), Error, message);
  });
}

const CASES: [promise: string, text: string, path: string, is_included: boolean][] = [
  ["includes a file that matches no pattern", "# only a comment\n", "a/b.ts", true],
  ["excludes a folder with everything in it", "docs/", "docs/a/b.md", false],
  ["does not exclude a name with the same beginning", "docs", "docs2/a.md", true],
  ["lets the last match decide", "*\n!platform\n**/*_test.ts", "platform/clock.ts", true],
  [
    "lets a later pattern exclude again",
    "*\n!platform\n**/*_test.ts",
    "platform/a_test.ts",
    false,
  ],
  ["matches ** at the top too", "**/*_test.ts", "a_test.ts", false],
  ["keeps * within one name", "a/*.ts", "a/b/c.ts", true],
  ["matches a dot literally", "a.ts", "abts", true],
  ["includes a single file again", "*\n!deploy/healthcheck.ts", "deploy/healthcheck.ts", true],
  ["keeps its neighbors excluded", "*\n!deploy/healthcheck.ts", "deploy/image.ts", false],
];

for (const [promise, text, path, is_included] of CASES) {
  Deno.test(`dockerignore ${promise}`, () => assertEquals(dockerignore(text)(path), is_included));
}

const CONTEXT = ["a/b.ts", "a/c/d.ts", "ab.ts", "deno.json"];

Deno.test("copiedFiles puts a file into a folder or under the name given", () => {
  assertEquals(copiedFiles({ sources: ["deno.json"], to: "./" }, CONTEXT), [
    { from: "deno.json", to: ".//deno.json" },
  ]);
  assertEquals(copiedFiles({ sources: ["a/b.ts"], to: "x.ts" }, CONTEXT), [
    { from: "a/b.ts", to: "x.ts" },
  ]);
});

Deno.test("copiedFiles puts a folder's content, not the folder, into the target", () => {
  assertEquals(copiedFiles({ sources: ["a"], to: "z" }, CONTEXT), [
    { from: "a/b.ts", to: "z/b.ts" },
    { from: "a/c/d.ts", to: "z/c/d.ts" },
  ]);
});

Deno.test("copiedFiles refuses a source without files", () => {
  assertThrows(
    () => copiedFiles({ sources: ["deno.json", "b"], to: "./" }, CONTEXT),
    Error,
    "COPY b: not in the build context",
  );
});

const DOCKERFILE = parseDockerfile("FROM x\nENV PORT=8080 DENO_DIR=/tmp/deno A=1");
const PORTS = { data: { 9001: 40001 }, metrics: { 8080: 40002 } };

Deno.test("containerEnv maps the port, the other services' addresses and the container's paths", () => {
  const environment = { A: "2", UPSTREAM_URL: "http://data:9001/counters" };
  const env = containerEnv("metrics", DOCKERFILE, { environment }, PORTS, "/root_of_image");
  assertEquals(env, {
    PORT: "40002",
    DENO_DIR: "/root_of_image/tmp/deno",
    A: "2",
    UPSTREAM_URL: "http://127.0.0.1:40001/counters",
    JSR_URL: "http://127.0.0.1:1",
    NPM_CONFIG_REGISTRY: "http://127.0.0.1:1",
  });
});

for (const url of ["http://127.0.0.1:9001/counters", "http://data:9002/counters", "http://dta/"]) {
  Deno.test(`containerEnv refuses ${url}: no service has this address`, () => {
    const environment = { UPSTREAM_URL: url };
    assertThrows(
      () => containerEnv("metrics", DOCKERFILE, { environment }, PORTS, "/r"),
      Error,
      `${url}: no service of this name has this port`,
    );
  });
}
