/**
 * `deno task toxiproxy:install`: builds the real Toxiproxy's server and CLI with Go. Exit code 1
 * if that fails.
 */

const VERSION = "v2.12.0";
const MODULE = "github.com/Shopify/toxiproxy/v2/cmd";
/** As in find_real.ts; relative, so that the task may be allowed this folder alone. */
const FOLDER = ".cache/toxiproxy";
const GO_MISSING = `Go is not installed: it builds Toxiproxy. Install it (https://go.dev/dl, \
\`apt-get install golang-go\`, \`brew install go\`) and run this again, or put toxiproxy-server on \
PATH, or set TOXIPROXY_URL. Without it the lab uses its embedded engine.`;

async function goInstall(): Promise<void> {
  Deno.mkdirSync(FOLDER, { recursive: true });
  const packages = ["server", "cli"].map((name) => `${MODULE}/${name}@${VERSION}`);
  let status: Deno.CommandStatus;
  try {
    const command = new Deno.Command("go", {
      args: ["install", ...packages],
      env: { GOBIN: Deno.realPathSync(FOLDER) },
      stdin: "null",
    });
    status = await command.spawn().status;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new Error(GO_MISSING);
    throw error;
  }
  if (!status.success) throw new Error(`go install ended with ${status.code}: see above`);
}

function say(to: typeof Deno.stdout | typeof Deno.stderr, line: string): void {
  to.writeSync(new TextEncoder().encode(`${line}\n`));
}

const USAGE = `Builds the real Toxiproxy ${VERSION} with Go into ${FOLDER}, which the lab then uses.

deno task toxiproxy:install

Exit codes: 0 built, 1 Go is missing or the build failed.`;

if (Deno.args.length > 0) {
  const wants_help = Deno.args.every((arg) => arg === "--help" || arg === "-h");
  say(wants_help ? Deno.stdout : Deno.stderr, USAGE);
  Deno.exit(wants_help ? 0 : 64);
}
try {
  await goInstall();
  for (const name of ["server", "cli"]) {
    const path = `${FOLDER}/toxiproxy-${name}`;
    Deno.renameSync(`${FOLDER}/${name}`, path);
    say(Deno.stdout, `${path} (${VERSION})`);
  }
} catch (error) {
  say(Deno.stderr, `toxiproxy:install: ${(error as Error).message}`);
  Deno.exit(1);
}
