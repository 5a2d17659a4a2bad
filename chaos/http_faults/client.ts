/** Client of the fault proxy's control API. */
import { fetchRaw } from "../../tools/http/mod.ts";
import type { Fault } from "../vocabulary/mod.ts";
import type { ControlError, CountersAnswer, FaultAnswer } from "./control_api.ts";

/** Timeout of a call, in milliseconds. */
const CALL_MS_MAX = 2_000;

export class HttpFaultsClient {
  readonly #host: string;

  constructor(host: string) {
    this.#host = host;
  }

  /** Puts a fault on; with `for_ms` it expires some time after that. */
  async put(id: string, { kind, params }: Fault, for_ms?: number): Promise<void> {
    await this.#call("PUT", `/faults/${id}`, { kind, params, for_ms });
  }

  async lift(id: string): Promise<void> {
    await this.#call("DELETE", `/faults/${id}`);
  }

  async faults(): Promise<FaultAnswer[]> {
    const { faults } = await this.#call<{ faults: FaultAnswer[] }>("GET", "/faults");
    return faults;
  }

  async counters(): Promise<CountersAnswer> {
    return await this.#call<CountersAnswer>("GET", "/counters");
  }

  async reset(): Promise<void> {
    await this.#call("POST", "/reset");
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetchRaw({
      method,
      host: this.#host,
      path,
      body: body === undefined ? undefined : new TextEncoder().encode(JSON.stringify(body)),
    }, CALL_MS_MAX);
    const json = JSON.parse(new TextDecoder().decode(answer.body)) as T & Partial<ControlError>;
    if (answer.status !== 200) {
      throw new Error(`HTTP fault proxy, ${method} ${path}: ${json.error ?? answer.status}`);
    }
    return json;
  }
}
