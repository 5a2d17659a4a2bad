/**
 * Client of Toxiproxy's HTTP API, for the real server and the embedded one. It checks more than the
 * real server, which ignores a misspelled attribute and crashes on a slicer without a size.
 */
import { checkAddress } from "./address.ts";
import {
  type Attributes,
  checkAttributes,
  checkStream,
  checkToxicity,
  isToxicType,
  type Stream,
  TOXIC_ATTRIBUTES,
  type ToxicType,
} from "./checks.ts";
import type { ToxicView } from "./link.ts";
import type { ProxyHits } from "./hits.ts";
import { ANSWER_BYTES_MAX, CALL_MS_MAX } from "./limits.ts";
import type { ProxyView } from "./proxy.ts";

export interface NewProxy {
  readonly name: string;
  /** `host:port`; port 0 picks one. */
  readonly listen: string;
  readonly upstream: string;
  readonly enabled?: boolean;
}

export interface NewToxic {
  readonly type: ToxicType;
  /** Default `<type>_<stream>`. */
  readonly name?: string;
  /** Default `downstream`. */
  readonly stream?: Stream;
  /** Share of connections it affects; default 1. */
  readonly toxicity?: number;
  readonly attributes?: Attributes;
}

/** The server refused the call; status 0 if it did not answer in time. */
export class ToxiproxyError extends Error {
  override name = "ToxiproxyError";

  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/**
 * ```ts
 * const toxiproxy = new ToxiproxyClient("http://127.0.0.1:8474");
 * const addresses = { listen: "127.0.0.1:0", upstream: "127.0.0.1:80" };
 * const proxy = await toxiproxy.create({ name: "api", ...addresses });
 * await toxiproxy.addToxic("api", { type: "latency", attributes: { latency: 200 } });
 * ```
 */
export class ToxiproxyClient {
  readonly url: string;
  readonly call_ms_max: number;

  /** `call_ms_max` is the deadline of each call. @throws {RangeError} unless it is an http URL. */
  constructor(url: string, options: { call_ms_max?: number } = {}) {
    if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
      throw new RangeError(`Toxiproxy URL ${url}: must be like http://127.0.0.1:8474`);
    }
    this.url = url.replace(/\/+$/, "");
    this.call_ms_max = options.call_ms_max ?? CALL_MS_MAX;
  }

  /** The same server, with another deadline for each call. */
  within(call_ms_max: number): ToxiproxyClient {
    return new ToxiproxyClient(this.url, { call_ms_max });
  }

  async version(): Promise<string> {
    return (await this.#json<{ version: string }>("GET", "/version")).version;
  }

  async proxies(): Promise<Record<string, ProxyView>> {
    const found = await this.#json<Record<string, ProxyView>>("GET", "/proxies");
    return Object.fromEntries(Object.entries(found).map(([name, proxy]) => [name, clean(proxy)]));
  }

  async proxy(name: string): Promise<ProxyView> {
    return clean(await this.#json("GET", pathOf(name)));
  }

  async create(proxy: NewProxy): Promise<ProxyView> {
    return clean(await this.#json("POST", "/proxies", checkProxy(proxy)));
  }

  async patch(name: string, change: Partial<Omit<NewProxy, "name">>): Promise<ProxyView> {
    if (change.listen !== undefined) checkAddress("listen", change.listen);
    if (change.upstream !== undefined) checkAddress("upstream", change.upstream);
    return clean(await this.#json("PATCH", pathOf(name), change));
  }

  async populate(proxies: readonly NewProxy[]): Promise<ProxyView[]> {
    const answer = await this.#json<{ proxies: ProxyView[] | null }>(
      "POST",
      "/populate",
      proxies.map(checkProxy),
    );
    return (answer.proxies ?? []).map(clean);
  }

  async delete(name: string): Promise<void> {
    await this.#call("DELETE", pathOf(name));
  }

  async toxics(proxy: string): Promise<ToxicView[]> {
    return await this.#json("GET", `${pathOf(proxy)}/toxics`);
  }

  async toxic(proxy: string, name: string): Promise<ToxicView> {
    return await this.#json("GET", pathOf(proxy, name));
  }

  async addToxic(proxy: string, toxic: NewToxic): Promise<ToxicView> {
    return await this.#json("POST", `${pathOf(proxy)}/toxics`, checkToxic(toxic));
  }

  /**
   * Missing attributes stay as they are. Reads the toxic first, to check all attributes together.
   */
  async updateToxic(
    proxy: string,
    name: string,
    change: { attributes?: Attributes; toxicity?: number },
  ): Promise<ToxicView> {
    const { type, attributes } = await this.toxic(proxy, name);
    if (change.toxicity !== undefined) checkToxicity(change.toxicity);
    checkAttributes(type, change.attributes, attributes);
    return await this.#json("PATCH", pathOf(proxy, name), change);
  }

  async removeToxic(proxy: string, name: string): Promise<void> {
    await this.#call("DELETE", pathOf(proxy, name));
  }

  /** Enables all proxies and removes all toxics, other users' too. */
  async reset(): Promise<void> {
    await this.#call("POST", "/reset");
  }

  /** Prometheus text; null if the server was started without metrics. */
  async metrics(): Promise<string | null> {
    return await orNull(this.#call("GET", "/metrics"));
  }

  /** Counters of the embedded server by proxy; null from the real one. */
  async hits(): Promise<Record<string, ProxyHits> | null> {
    const text = await orNull(this.#call("GET", "/hits"));
    return text === null ? null : JSON.parse(text);
  }

  async #json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const text = await this.#call(method, path, body);
    try {
      return JSON.parse(text);
    } catch {
      throw new ToxiproxyError(0, `${method} ${this.url}${path}: answer is not JSON`);
    }
  }

  async #call(method: string, path: string, body?: unknown): Promise<string> {
    const what = `${method} ${this.url}${path}`;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), this.call_ms_max);
    try {
      const response = await fetch(this.url + path, {
        method,
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: deadline.signal,
      });
      const text = await readText(response);
      if (response.ok) return text;
      throw new ToxiproxyError(response.status, `${what}: ${response.status} ${reasonOf(text)}`);
    } catch (error) {
      if (error instanceof ToxiproxyError) throw error;
      const reason = deadline.signal.aborted
        ? `no answer within ${this.call_ms_max} ms`
        : (error as Error).message;
      throw new ToxiproxyError(0, `${what}: ${reason}`);
    } finally {
      clearTimeout(timer);
    }
  }
}

function pathOf(proxy: string, toxic?: string): string {
  const path = `/proxies/${encodeURIComponent(proxy)}`;
  return toxic === undefined ? path : `${path}/toxics/${encodeURIComponent(toxic)}`;
}

/** Without the real server's stray `Logger`. */
function clean({ name, listen, upstream, enabled, toxics }: ProxyView): ProxyView {
  return { name, listen, upstream, enabled, toxics: toxics ?? [] };
}

/** @throws {RangeError} for a proxy that cannot work, which the real server would accept. */
function checkProxy(proxy: NewProxy): NewProxy {
  if (proxy.name === "" || proxy.name.includes("/")) {
    throw new RangeError(`proxy name ${JSON.stringify(proxy.name)}: must not be empty or have "/"`);
  }
  checkAddress("listen", proxy.listen);
  checkAddress("upstream", proxy.upstream);
  return proxy;
}

function checkToxic(toxic: NewToxic): NewToxic {
  if (!isToxicType(toxic.type)) {
    const known = Object.keys(TOXIC_ATTRIBUTES).join(", ");
    throw new RangeError(`toxic type ${toxic.type}: must be one of ${known}`);
  }
  return {
    ...toxic,
    stream: checkStream(toxic.stream ?? "downstream"),
    toxicity: checkToxicity(toxic.toxicity ?? 1),
    attributes: checkAttributes(toxic.type, toxic.attributes),
  };
}

async function orNull(text: Promise<string>): Promise<string | null> {
  try {
    return await text;
  } catch (error) {
    if (error instanceof ToxiproxyError && error.status === 404) return null;
    throw error;
  }
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > ANSWER_BYTES_MAX) {
      throw new Error(`answer is longer than ${ANSWER_BYTES_MAX} bytes`);
    }
  }
  return text + decoder.decode();
}

function reasonOf(text: string): string {
  try {
    return JSON.parse(text).error ?? text.trim();
  } catch {
    return text.trim();
  }
}
