/** The part of curl's command line that the README's tour uses. Pure. */

/** A request as a curl command line says it. */
export interface CurlRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  /** `-i` or `-I`: the answer's status line and headers are part of the output. */
  shows_headers: boolean;
}

/**
 * Parses `curl …`. Throws on an option it does not know: the tour must do what its commands say.
 *
 * ```ts
 * parseCurl("curl -I 'http://h/a?b=1&c=2'"); // { url: "http://h/a?b=1&c=2", method: "HEAD", … }
 * ```
 */
export function parseCurl(command: string): CurlRequest {
  const [program, ...words] = shellWords(command);
  if (program !== "curl") throw new Error(`${command}: must start with curl`);
  const request: CurlRequest = { url: "", method: "GET", headers: {}, shows_headers: false };
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === "-i") request.shows_headers = true;
    else if (word === "-I") Object.assign(request, { method: "HEAD", shows_headers: true });
    else if (word === "-X") request.method = value(words, word, command);
    else if (word === "-H") addHeader(request, value(words, word, command), command);
    else if (word.startsWith("-")) throw new Error(`${command}: option ${word} is not known here`);
    else if (request.url !== "") throw new Error(`${command}: one URL, got also ${word}`);
    else request.url = word;
  }
  if (request.url === "") throw new Error(`${command}: a URL is missing`);
  return request;
}

function value(words: string[], option: string, command: string): string {
  const next = words.shift();
  if (next === undefined) throw new Error(`${command}: ${option} needs a value`);
  return next;
}

function addHeader(request: CurlRequest, line: string, command: string): void {
  const [, name, text] = /^([^:\s]+):\s*(.*)$/.exec(line) ?? [];
  if (name === undefined) throw new Error(`${command}: -H "${line}" must be "Name: value"`);
  request.headers[name] = text;
}

/** Words of a command line with '…' and "…", without anything a shell would expand. */
function shellWords(command: string): string[] {
  const unquoted = command.replaceAll(/'[^']*'/g, "");
  if (/[$`\\;&|<>*?(){}]/.test(unquoted.replaceAll(/"[^"$`\\]*"/g, ""))) {
    throw new Error(`${command}: needs a shell; quote it with '…'`);
  }
  return (command.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []).map((word) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double)
  );
}
