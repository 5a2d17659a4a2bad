/** Content negotiation: chooses from a server's offers by the `Accept…` headers (RFC 9110 §12). */
import { HEADER_CHARS_MAX } from "./request.ts";

type RequestHeaders = Pick<Request, "headers">;

const NAMES_TYPE = 4;
const NAMES_SUBTYPE = 2;
const NAMES_PARAMETERS = 1;

/**
 * Media type of `types` that the request's `Accept` prefers; of equals the first. A value of more
 * than {@link HEADER_CHARS_MAX} characters is not read.
 *
 * ```ts
 * accepts(request, "application/json", "text/html") ?? fail406();
 * ```
 */
export function accepts<T extends string = string>(
  request: RequestHeaders,
  ...types: T[]
): T | undefined {
  const header = request.headers.get("accept");
  if (!header || header.length > HEADER_CHARS_MAX) return types[0];
  const preferences = preferencesOf(header).filter(({ name }) => /^[^/]+\/./.test(name));
  const rate = (type: string) => strongest(preferences.flatMap((one) => mediaRating(type, one)));
  return best(types, rate, (a, b) => b.q - a.q || b.specificity - a.specificity);
}

/**
 * Content coding of `encodings` that the request's `Accept-Encoding` prefers. `identity` is
 * acceptable unless the header excludes it, and preferred if the header has more than
 * {@link HEADER_CHARS_MAX} characters, which is not read.
 *
 * ```ts
 * acceptsEncodings(request, "gzip", "identity"); // "gzip" for "gzip, br"
 * ```
 */
export function acceptsEncodings<T extends string = string>(
  request: RequestHeaders,
  ...encodings: T[]
): T | undefined {
  const header = request.headers.get("accept-encoding");
  if (!header) return encodings[0];
  if (header.length > HEADER_CHARS_MAX) {
    return encodings.find((encoding) => encoding === "identity") ?? encodings[0];
  }
  const preferences = withIdentity(preferencesOf(header), header);
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

/** Adds `identity` with the lowest weight of the header, unless the header names it. */
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

interface Preference {
  /** The element without its parameters. */
  name: string;
  /** Parameters in front of `q`, names in lower case. */
  parameters: ReadonlyMap<string, string | undefined>;
  /** Weight, 1 if not given; 0 and `NaN` exclude the offer. */
  q: number;
  /** Position in the header. */
  index: number;
}

/** How well an offer does, by the preference that names it most precisely. */
interface Rating {
  q: number;
  /** How precisely the preference names the offer. */
  specificity: number;
  index: number;
}

/** Elements of the header in its order, without empty and malformed ones. */
function preferencesOf(header: string): Preference[] {
  return splitOutsideQuotes(header, ",").flatMap((element, index) => {
    const [name, ...pairs] = splitOutsideQuotes(element, ";").map((part) => part.trim());
    if (name === "" || /\s/.test(name)) return [];
    const all = pairs.map(parameter);
    const weight_at = all.findIndex(([key]) => key === "q");
    const parameters = new Map(weight_at === -1 ? all : all.slice(0, weight_at));
    const weight = weight_at === -1 ? undefined : all[weight_at][1];
    const q = weight ? Number.parseFloat(weight) : 1;
    return [{ name, parameters, q, index }];
  });
}

/** Parameter of `name` or `name=value`, without the quotes of the value. */
function parameter(pair: string): [key: string, value: string | undefined] {
  const equals = pair.indexOf("=");
  if (equals === -1) return [pair.toLowerCase(), undefined];
  const value = pair.slice(equals + 1).trim().replace(/^"(.*)"$/, "$1");
  return [pair.slice(0, equals).trim().toLowerCase(), value];
}

/** The rating that decides: the most specific; of equals the one of the highest weight. */
function strongest(ratings: readonly Rating[]): Rating | undefined {
  return ratings.toSorted((a, b) =>
    b.specificity - a.specificity || b.q - a.q || b.index - a.index
  )[0];
}

/** The best offer; of equals the first. `undefined` if no offer is acceptable. */
function best<Offer extends string>(
  offers: readonly Offer[],
  rate: (offer: Offer) => Rating | undefined,
  compare: (a: Rating, b: Rating) => number,
): Offer | undefined {
  return offers.map((offer) => ({ offer, rating: rate(offer) }))
    .filter((rated): rated is { offer: Offer; rating: Rating } => (rated.rating?.q ?? 0) > 0)
    .toSorted((a, b) => compare(a.rating, b.rating))[0]?.offer;
}

/** Splits at a character, except between double quotes. */
function splitOutsideQuotes(text: string, at: "," | ";"): string[] {
  const parts = [""];
  let quoted = false;
  for (const char of text) {
    if (char === '"') quoted = !quoted;
    if (char === at && !quoted) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts;
}
