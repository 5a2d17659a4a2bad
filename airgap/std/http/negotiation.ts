/** Chooses what a client would rather have from what a server has (RFC 9110 §12). */

import {
  best,
  byPreference,
  parameter,
  type Preference,
  preferencesOf,
  type Rating,
  splitOutsideQuotes,
  strongest,
} from "./_accept_header.ts";

type RequestHeaders = Pick<Request, "headers">;

const NAMES_TYPE = 4;
const NAMES_SUBTYPE = 2;
const NAMES_PARAMETERS = 1;

/** Media types of the request's `Accept`, the most wanted first; any if it does not say. */
export function accepts(request: RequestHeaders): string[];
/**
 * The one of `types` that the request's `Accept` wants most; of equals the first.
 *
 * ```ts
 * accepts(request, "application/json", "text/html") ?? fail406();
 * ```
 */
export function accepts<T extends string = string>(
  request: RequestHeaders,
  ...types: T[]
): T | undefined;
export function accepts(
  request: RequestHeaders,
  ...types: string[]
): string | string[] | undefined {
  const header = request.headers.get("accept");
  if (!header) return types.length === 0 ? ["*/*"] : types[0];
  const preferences = preferencesOf(header).filter(({ name }) => /^[^/]+\/./.test(name));
  if (types.length === 0) return byPreference(preferences);
  const rate = (type: string) => strongest(preferences.flatMap((one) => mediaRating(type, one)));
  return best(types, rate, (a, b) => b.q - a.q || b.specificity - a.specificity);
}

/** Content codings of the request's `Accept-Encoding`, the most wanted first. */
export function acceptsEncodings(request: RequestHeaders): string[];
/**
 * The one of `encodings` that the request's `Accept-Encoding` wants most. Where the header does not
 * rule it out, `identity` will do.
 *
 * ```ts
 * acceptsEncodings(request, "gzip", "identity"); // "gzip" for "gzip, br"
 * ```
 */
export function acceptsEncodings<T extends string = string>(
  request: RequestHeaders,
  ...encodings: T[]
): T | undefined;
export function acceptsEncodings(
  request: RequestHeaders,
  ...encodings: string[]
): string | string[] | undefined {
  const header = request.headers.get("accept-encoding");
  if (!header) return encodings.length === 0 ? ["*"] : encodings[0];
  const preferences = withIdentity(preferencesOf(header), header);
  if (encodings.length === 0) return byPreference(preferences);
  const rate = (encoding: string) =>
    strongest(preferences.flatMap((one) => encodingRating(encoding, one)));
  return best(
    encodings,
    rate,
    (a, b) => b.q - a.q || b.specificity - a.specificity || a.index - b.index,
  );
}

function mediaRating(offer: string, { name, parameters, q, index }: Preference): Rating[] {
  const [offered, ...pairs] = splitOutsideQuotes(offer, ";").map((part) => part.trim());
  const [offered_type, offered_subtype] = splitAtSlash(offered);
  const [type, subtype] = splitAtSlash(name);
  if (offered_subtype === undefined) return [];
  let specificity = 0;
  if (sameName(type, offered_type)) specificity |= NAMES_TYPE;
  else if (type !== "*") return [];
  if (sameName(subtype, offered_subtype)) specificity |= NAMES_SUBTYPE;
  else if (subtype !== "*") return [];
  const offered_parameters = new Map(pairs.map(parameter));
  for (const [key, value] of parameters) {
    if (!sameName(value, offered_parameters.get(key))) return [];
    specificity |= NAMES_PARAMETERS;
  }
  return [{ q, specificity, index }];
}

function encodingRating(offer: string, { name, q, index }: Preference): Rating[] {
  if (sameName(name, offer)) return [{ q, specificity: 1, index }];
  return name === "*" ? [{ q, specificity: 0, index }] : [];
}

/** Adds `identity`, as little wanted as what is wanted least, unless the header speaks of it. */
function withIdentity(preferences: readonly Preference[], header: string): Preference[] {
  if (preferences.some((one) => encodingRating("identity", one).length > 0)) {
    return [...preferences];
  }
  const q = Math.min(1, ...preferences.map((one) => one.q || 1));
  const index = splitOutsideQuotes(header, ",").length - 1;
  return [...preferences, { name: "identity", parameters: new Map(), q, index }];
}

function splitAtSlash(type: string): [type: string, subtype: string | undefined] {
  const slash = type.indexOf("/");
  return slash === -1 ? [type, undefined] : [type.slice(0, slash), type.slice(slash + 1)];
}

function sameName(a: string | undefined, b: string | undefined): boolean {
  return a?.toLowerCase() === b?.toLowerCase();
}
