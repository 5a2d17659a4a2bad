/** `deno task toxiproxy cli …`: commands, flags and output of `toxiproxy-cli`. */
import { ToxiproxyClient, ToxiproxyError } from "./client.ts";
import { type CliFlags, readCliFlags } from "./cli_flags.ts";
import { UsageError } from "./server_flags.ts";
import { isToxicType, TOXIC_ATTRIBUTES, type ToxicType } from "./toxics/attributes.ts";

export const DEFAULT_URL = "http://localhost:8474";

const TYPES = Object.keys(TOXIC_ATTRIBUTES).join(", ");

const USAGE = `Usage: deno task toxiproxy cli [-h URL] COMMAND
  list                                                    all proxies, one a line
  inspect NAME                                            toxics of a proxy, one a line
  create -l HOST:PORT -u HOST:PORT NAME                   create a proxy
  toggle NAME                                             enable or disable a proxy
  delete NAME                                             delete a proxy
  toxic add -t TYPE [-n TOXIC] [-u] [--tox 0.5] [-a KEY=VALUE]… NAME
  toxic update -n TOXIC [--tox 0.5] [-a KEY=VALUE]… NAME
  toxic remove -n TOXIC NAME
TYPE is one of ${TYPES}.
TOXIPROXY_URL or -h says where the server is (default ${DEFAULT_URL}).
`;

const ALIASES: Readonly<Record<string, string>> = {
  "l": "list",
  "li": "list",
  "ls": "list",
  "i": "inspect",
  "ins": "inspect",
  "c": "create",
  "new": "create",
  "tog": "toggle",
  "d": "delete",
  "t": "toxic",
};
const TOXIC_ALIASES: Readonly<Record<string, string>> = {
  "a": "add",
  "u": "update",
  "r": "remove",
  "d": "remove",
  "delete": "remove",
};

/** Runs one command; gives what goes to stdout, and the exit code: 0 done, 1 not. */
export async function runCli(
  args: readonly string[],
  url: string | undefined,
): Promise<{ text: string; code: number }> {
  let flags: CliFlags;
  try {
    const [host, rest] = readHost(args, url ?? DEFAULT_URL);
    const [command, at] = readCommand(rest);
    if (command === "help") return { text: USAGE, code: 0 };
    flags = readCliFlags(rest.slice(at));
    return { text: await COMMANDS[command](new ToxiproxyClient(host), flags), code: 0 };
  } catch (error) {
    if (error instanceof UsageError) return { text: `${error.message}\n\n${USAGE}`, code: 1 };
    if (error instanceof ToxiproxyError || error instanceof RangeError) {
      return { text: `${error.message}${adviceFor(error)}\n`, code: 1 };
    }
    throw error;
  }
}

/** What to do where no server answered at all. */
function adviceFor(error: Error): string {
  return error instanceof ToxiproxyError && error.status === 0
    ? `\nIs it running? "deno task toxiproxy" starts it; TOXIPROXY_URL or -h says where it is`
    : "";
}

function readHost(args: readonly string[], url: string): [string, readonly string[]] {
  const match = /^--?h(?:ost)?(?:=(.*))?$/.exec(args[0] ?? "");
  if (match === null) return [url, args];
  return match[1] === undefined ? [args[1] ?? url, args.slice(2)] : [match[1], args.slice(1)];
}

function readCommand(args: readonly string[]): [command: string, at: number] {
  const word = args[0] ?? "help";
  if (/^(help|--help)$/.test(word)) return ["help", 1];
  const command = ALIASES[word] ?? word;
  if (command === "toxic") {
    const action = TOXIC_ALIASES[args[1]] ?? args[1] ?? "";
    if (Object.hasOwn(COMMANDS, `toxic ${action}`)) return [`toxic ${action}`, 2];
    throw new UsageError(`toxic ${action}: no such command`);
  }
  if (Object.hasOwn(COMMANDS, command)) return [command, 1];
  throw new UsageError(`${word}: no such command`);
}

type Command = (client: ToxiproxyClient, flags: CliFlags) => Promise<string>;

const COMMANDS: Readonly<Record<string, Command>> = {
  list: async (client) => {
    const proxies = Object.values(await client.proxies());
    return lines(
      proxies.map(({ name, listen, upstream, enabled, toxics }) =>
        [name, listen, upstream, enabled ? "enabled" : "disabled", toxics.length].join("\t")
      ),
    );
  },
  inspect: async (client, flags) => {
    const { toxics } = await client.proxy(flags.name);
    const sorted = toxics.toSorted((a, b) => a.name < b.name ? -1 : 1);
    return lines(sorted.map(({ name, type, stream, toxicity, attributes }) => {
      const pairs = Object.keys(attributes).sort().map((key) => `${key}=${attributes[key]}`);
      return [
        name,
        `type=${type}`,
        `stream=${stream}`,
        `toxicity=${toxicity.toFixed(2)}`,
        `attributes=[\t${pairs.join("\t")}\t]`,
      ].join("\t");
    }));
  },
  create: async (client, { name, listen, upstream }) => {
    if (listen === undefined) throw new UsageError("Required argument 'listen' was empty.");
    if (upstream === undefined) throw new UsageError("Required argument 'upstream' was empty.");
    await client.create({ name, listen, upstream });
    return `Created new proxy ${name}\n`;
  },
  toggle: async (client, { name }) => {
    const { enabled } = await client.proxy(name);
    await client.patch(name, { enabled: !enabled });
    return `Proxy ${name} is now ${enabled ? "disabled" : "enabled"}\n`;
  },
  delete: async (client, { name }) => {
    await client.delete(name);
    return `Deleted proxy ${name}\n`;
  },
  "toxic add": async (client, flags) => {
    const { name, type, stream, toxicity, attributes, toxic } = flags;
    if (type === undefined) throw new UsageError("Required argument 'type' was empty.");
    if (!isToxicType(type)) throw new UsageError(`toxic type ${type}: must be one of ${TYPES}`);
    const asked = { type: type as ToxicType, name: toxic, stream, toxicity, attributes };
    const added = await client.addToxic(name, asked);
    return `Added ${added.stream} ${type} toxic '${added.name}' on proxy '${name}'\n`;
  },
  "toxic update": async (client, { name, toxic, toxicity, attributes }) => {
    if (toxic === undefined) throw new UsageError("Required argument 'toxicName' was empty.");
    await client.updateToxic(name, toxic, { toxicity, attributes });
    return `Updated toxic '${toxic}' on proxy '${name}'\n`;
  },
  "toxic remove": async (client, { name, toxic }) => {
    if (toxic === undefined) throw new UsageError("Required argument 'toxicName' was empty.");
    await client.removeToxic(name, toxic);
    return `Removed toxic '${toxic}' on proxy '${name}'\n`;
  },
};

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}
