/**
 * Hosts under which a server answers. A page of any site can let its own name resolve to this
 * machine (DNS rebinding); the browser then lets it read the answers, but sends its name as `Host`.
 *
 * Such a name is registered, so it has a dot. Addresses, names without a dot (`localhost`, services
 * of Compose and Kubernetes) and `*.localhost` are therefore always answered.
 */
import { commaList } from "./comma_list.ts";

const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/;
const PORT = /:\d*$/;

/** One name of `ALLOWED_HOSTS`: `a.example`, `*.example`, or `*` for every host. */
const ALLOWED = /^(?:\*|(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)$/;

/** Why the setting is not a list of hosts; undefined if it is one. */
export function allowedHostsProblem(setting: string): string | undefined {
  const wrong = commaList(setting.toLowerCase()).find((name) => !ALLOWED.test(name));
  if (wrong === undefined) return undefined;
  return `${wrong}: must be names without a port, separated by commas, or *, ` +
    "e.g. telemetry.example,*.fabric.example";
}

/**
 * Whether requests for a host are answered.
 *
 * ```ts
 * const allows = allowedHosts("telemetry.example");
 * allows("telemetry.example:8080"); // true
 * allows("127.0.0.1:8080"); // true
 * allows("elsewhere.example"); // false
 * ```
 *
 * @param setting `ALLOWED_HOSTS`.
 */
export function allowedHosts(setting: string): (host: string) => boolean {
  const names = commaList(setting.toLowerCase());
  if (names.includes("*")) return () => true;
  const exact = new Set(names.filter((name) => !name.startsWith("*.")));
  const ends = [".localhost", ...names.filter((name) => !exact.has(name)).map((n) => n.slice(1))];
  return (host) => {
    const name = host.toLowerCase().replace(PORT, "").replace(/\.$/, "");
    return !name.includes(".") || ADDRESS.test(name) || exact.has(name) ||
      ends.some((end) => name.endsWith(end));
  };
}

const ownHosts = allowedHosts("");

/**
 * Why a request to a control API comes from a page of another site, or under another site's name;
 * null if it does not. Browsers send `Origin` or `Sec-Fetch-Site`, other programs neither.
 */
export function foreignCaller({ headers }: Pick<Request, "headers">): string | null {
  const origin = headers.get("origin");
  if (origin !== null) return `Origin: ${origin}: pages may not call this API`;
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "none") return `Sec-Fetch-Site: ${site}: pages may not call it`;
  const host = headers.get("host");
  if (host !== null && ownHosts(host)) return null;
  return `Host: ${host ?? ""}: must be an address or a name without a dot`;
}
