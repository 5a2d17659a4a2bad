/**
 * Hides credentials in URLs and texts before they are logged, served or written. Pure.
 *
 * Hidden are user and password of a URL, its fragment, and the values of parameters whose names
 * look like credentials, in every spelling that a URL or an error message may have:
 * percent-encoded, nested in another parameter, relative. A secret in a path or a host name is not
 * recognised.
 */

const HIDDEN = "***";

/** Parts of a parameter's name, without its separators. */
const SECRET_PARTS =
  /token|secret|passw|passphrase|signature|credential|authoriz|apikey|accesskey|privatekey|session|bearer|jwt|cookie/;

/** Ends of such a name, and whole words of it. */
const SECRET_END = /(?:key|auth|pwd)$/;
const SECRET_WORDS: readonly string[] = ["key", "sig", "auth", "pass", "pwd", "pw", "sas", "sid"];

/** Shortest secret that is searched in texts: shorter ones occur in ordinary words. */
const SECRET_CHARS_MIN = 4;

/** Longest name under which a credential is recognised in a text. */
const NAME_CHARS_MAX = 128;

/** Longest user and password that are recognised in a URL in a text. */
const USER_CHARS_MAX = 1024;

/** A percent-encoded character, encoded any number of times. */
const encoded = (hex: string) => `%(?:25)*${hex}`;

/** User and password; in a text, a blank or a quote ends the URL. */
const USERINFO = userinfo("\\\\/?#");
const USERINFO_IN_TEXT = userinfo(`\\\\/?#\\s"'<>`);

function userinfo(stops: string): RegExp {
  const start = "(?:https?|wss?|ftp):[\\\\/]*|[\\\\/]{2}";
  return new RegExp(`(${start})[^${stops}]{0,${USER_CHARS_MAX}}@`, "gi");
}

const SLASH = encoded("2f");
const USERINFO_ENCODED = new RegExp(
  `(${SLASH}${SLASH})(?:(?!${SLASH}|${encoded("3f")})[^\\s&#"'<>]){0,${USER_CHARS_MAX}}?${
    encoded("40")
  }`,
  "gi",
);

/** The name of a parameter in a query, a path, a fragment or a text, with its `=`. */
const NAME = new RegExp(
  `(?<=^|[\\s?&#;/"'(,{=]|%(?:25)*(?:3f|26|3b|23|3d))` +
    `([\\w%.+~*[\\]-]{1,${NAME_CHARS_MAX}}?)(=|${encoded("3d")})`,
  "gi",
);

/** Characters that end a value in a text, and escapes that end one inside another value. */
const TEXT_STOPS = `\\s"'<>`;
const ENCODED_STOPS = `${encoded("26")}|${encoded("23")}`;

/** `"name": "value"` of JSON. */
const MEMBER = new RegExp(`"([^"\\\\]{1,${NAME_CHARS_MAX}})"(\\s*:\\s*)"(?:[^"\\\\]|\\\\.)+`, "g");

/** Matches every text that a pattern would change, and few others. */
const MAY_HAVE_SECRET = /[=@%]|"\s*:|authorization/i;

const AUTHORIZATION = /(authorization["']?\s*[:=]\s*["']?(?:\w+\s+)?)[^\s"',;]+/gi;

/**
 * Whether the value of a parameter or variable with this name is a credential.
 *
 * ```ts
 * ["api_key", "X-Amz-Signature", "authToken", "keyword"].map(isSecretName);
 * // [true, true, true, false]
 * ```
 */
export function isSecretName(name: string): boolean {
  const plain = decoded(name);
  const joined = plain.toLowerCase().replace(/[^a-z0-9]/g, "");
  if (SECRET_PARTS.test(joined) || SECRET_END.test(joined)) return true;
  const words = plain.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase().split(/[^a-z]+/);
  return words.some((word) => SECRET_WORDS.includes(word));
}

/**
 * A URL as it may be shown: without user, password and fragment, with `***` for credentials in its
 * query. A relative or invalid one like {@link redactWrittenUrl}.
 *
 * ```ts
 * redactUrl("http://me:pw@host/csv?shard=1&token=abc"); // "http://host/csv?shard=1&token=***"
 * ```
 */
export function redactUrl(url: string): string {
  const parsed = URL.parse(url);
  if (parsed !== null) parsed.username = parsed.password = "";
  return redactWrittenUrl(parsed?.href ?? url);
}

/** A URL, valid or not, with `***` for user and password, and else as it is written. */
export function redactWrittenUrl(url: string): string {
  const shown = url.replace(/#.*$/s, "").replace(USERINFO, `$1${HIDDEN}@`);
  return hideValues(shown.replace(USERINFO_ENCODED, `$1${HIDDEN}%40`), false);
}

/**
 * A text in which the credentials of all URLs and parameters are `***`, and so are the given
 * secrets wherever they occur.
 *
 * @param secrets For example {@link secretsOf} the URL that the text is about.
 */
export function redactText(text: string, secrets: readonly string[] = []): string {
  let shown = text;
  for (const secret of secrets) shown = shown.replaceAll(secret, HIDDEN);
  if (!MAY_HAVE_SECRET.test(shown)) return shown;
  shown = shown.replace(USERINFO_IN_TEXT, `$1${HIDDEN}@`).replace(
    USERINFO_ENCODED,
    `$1${HIDDEN}%40`,
  );
  return hideValues(shown, true)
    .replace(
      MEMBER,
      (whole, name, colon) => isSecretName(name) ? `"${name}"${colon}"${HIDDEN}` : whole,
    )
    .replace(AUTHORIZATION, `$1${HIDDEN}`);
}

/** Hides the values of parameters. A value can contain another URL, so names are searched in it. */
function hideValues(text: string, in_text: boolean): string {
  let shown = "";
  let from = 0;
  for (const { 0: pair, 1: name, 2: equals, index } of text.matchAll(NAME)) {
    if (index < from || !isSecretName(name)) continue;
    const value_at = index + pair.length;
    const stops = (text[index - 1] === ";" ? "&#/?" : "&#") + (in_text ? TEXT_STOPS : "");
    const end = new RegExp(`[${stops}]${equals === "=" ? "" : `|${ENCODED_STOPS}`}|$`, "gi");
    end.lastIndex = value_at;
    let value_end = end.exec(text)!.index;
    // Punctuation before a blank belongs to the text.
    if (in_text) value_end -= /[)\]:,.;]{0,3}$/.exec(text.slice(value_at, value_end))![0].length;
    if (value_end <= value_at) continue;
    shown += text.slice(from, value_at) + HIDDEN;
    from = value_end;
  }
  return shown + text.slice(from);
}

/**
 * A replacer for `JSON.stringify` that redacts every text, and hides those with a secret name.
 *
 * ```ts
 * JSON.stringify({ url: "http://me:pw@host/", api_key: "abc" }, redacting());
 * // {"url":"http://***@host/","api_key":"***"}
 * ```
 */
export function redacting(
  secrets: readonly string[] = [],
): (name: string, value: unknown) => unknown {
  return (name, value) => {
    if (typeof value !== "string" || value === "") return value;
    return isSecretName(name) ? HIDDEN : redactText(value, secrets);
  };
}

/**
 * User and password of a URL as the credentials of Basic authentication (RFC 7617, as UTF-8); null
 * without them.
 *
 * ```ts
 * basicCredentials(new URL("http://u:p@host/")); // "dTpw"
 * ```
 */
export function basicCredentials({ username, password }: URL): string | null {
  if (username === "" && password === "") return null;
  const pair = `${decoded(username, false)}:${decoded(password, false)}`;
  return new TextEncoder().encode(pair).toBase64();
}

/** Credentials in a URL in all forms that a text may quote, longest first. */
export function secretsOf(url: string): string[] {
  const parsed = URL.parse(url);
  if (parsed === null) return [];
  const { username, password, hash, search } = parsed;
  // A user without a password is probably a token; with one, it may be an ordinary word.
  const found = [password === "" ? username : password, hash.slice(1)];
  const credentials = basicCredentials(parsed);
  if (credentials !== null) found.push(credentials);
  for (const pair of search.slice(1).split("&")) {
    const equals = pair.indexOf("=");
    if (equals > 0 && isSecretName(pair.slice(0, equals))) found.push(pair.slice(equals + 1));
  }
  return withForms(found);
}

/** Secrets as they are and percent-decoded, longest first, so that no part of one remains. */
function withForms(secrets: readonly string[]): string[] {
  const forms = new Set(secrets.flatMap((one) => [one, decoded(one, false), decoded(one)]));
  return [...forms].filter(({ length }) => length >= SECRET_CHARS_MIN)
    .sort((a, b) => b.length - a.length);
}

/** Percent-decoded; a malformed escape stays as it is. */
function decoded(text: string, plus_is_space = true): string {
  try {
    return decodeURIComponent(plus_is_space ? text.replaceAll("+", " ") : text);
  } catch {
    return text;
  }
}
