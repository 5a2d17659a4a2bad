/** What a client would rather have: an `Accept…` header read and compared (RFC 9110 §12.5). */

/** One element of the header. */
export interface Preference {
  /** The element without its parameters, as it came. */
  name: string;
  /** Parameters in front of `q`, names in lower case. */
  parameters: ReadonlyMap<string, string | undefined>;
  /** Weight, 1 if not given; 0 and what is no number mean "not this". */
  q: number;
  /** Place in the header. */
  index: number;
}

/** How well something on offer does, by the preference that tells most about it. */
export interface Rating {
  q: number;
  /** How much of the offer the preference names. */
  specificity: number;
  index: number;
}

/**
 * Elements of the header, in its order; those that are nothing at all are left out.
 *
 * ```ts
 * preferencesOf("br;q=0.5, gzip"); // br with q 0.5 and gzip with q 1
 * ```
 */
export function preferencesOf(header: string): Preference[] {
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

/** Parameter of `name` or `name=value`, the quotes of the value taken off. */
export function parameter(pair: string): [key: string, value: string | undefined] {
  const equals = pair.indexOf("=");
  if (equals === -1) return [pair.toLowerCase(), undefined];
  const value = pair.slice(equals + 1).trim().replace(/^"(.*)"$/, "$1");
  return [pair.slice(0, equals).trim().toLowerCase(), value];
}

/** Names that are wanted, what is wanted most first. */
export function byPreference(preferences: readonly Preference[]): string[] {
  return preferences.filter(({ q }) => q > 0)
    .toSorted((a, b) => b.q - a.q || a.index - b.index)
    .map(({ name }) => name);
}

/** The rating that decides: of the most specific preference, else the one of the highest weight. */
export function strongest(ratings: readonly Rating[]): Rating | undefined {
  return ratings.toSorted((a, b) =>
    b.specificity - a.specificity || b.q - a.q || b.index - a.index
  )[0];
}

/** The offer that does best; of equals the first. `undefined` if none will do. */
export function best<Offer extends string>(
  offers: readonly Offer[],
  rate: (offer: Offer) => Rating | undefined,
  compare: (a: Rating, b: Rating) => number,
): Offer | undefined {
  return offers.map((offer) => ({ offer, rating: rate(offer) }))
    .filter((rated): rated is { offer: Offer; rating: Rating } => (rated.rating?.q ?? 0) > 0)
    .toSorted((a, b) => compare(a.rating, b.rating))[0]?.offer;
}

/** Splits at a character that does not stand between double quotes. */
export function splitOutsideQuotes(text: string, at: "," | ";"): string[] {
  const parts = [""];
  let quoted = false;
  for (const char of text) {
    if (char === '"') quoted = !quoted;
    if (char === at && !quoted) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts;
}
