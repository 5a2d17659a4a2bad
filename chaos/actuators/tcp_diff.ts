/** What differs between two answers of `GET /proxies`, as sentences. */
import type { ProxyView } from "../../tools/toxiproxy/mod.ts";

type Proxies = Readonly<Record<string, ProxyView>>;

/** Empty where nothing differs. */
export function diffProxies(before: Proxies, now: Proxies): string[] {
  const differences: string[] = [];
  for (const [name, then] of Object.entries(before)) {
    if (Object.hasOwn(now, name)) differences.push(...diffProxy(then, now[name]));
    else differences.push(`proxy ${name} is gone`);
  }
  for (const name of Object.keys(now)) {
    if (!Object.hasOwn(before, name)) differences.push(`proxy ${name} was not there before`);
  }
  return differences;
}

function diffProxy(then: ProxyView, now: ProxyView): string[] {
  const name = `proxy ${then.name}`;
  const differences: string[] = [];
  if (then.enabled !== now.enabled) {
    differences.push(`${name} is ${now.enabled ? "enabled" : "disabled"}`);
  }
  for (const field of ["listen", "upstream"] as const) {
    if (then[field] !== now[field]) {
      differences.push(`${name} has ${field} ${now[field]}, had ${then[field]}`);
    }
  }
  const texts = new Map(then.toxics.map((toxic) => [toxic.name, JSON.stringify(toxic)]));
  for (const toxic of now.toxics) {
    const text = texts.get(toxic.name);
    if (text === undefined) differences.push(`${name} still has toxic ${toxic.name}`);
    else if (text !== JSON.stringify(toxic)) differences.push(`${name} has another ${toxic.name}`);
    texts.delete(toxic.name);
  }
  for (const gone of texts.keys()) differences.push(`${name} lacks toxic ${gone}`);
  return differences;
}
