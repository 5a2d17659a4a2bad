/** `https://jslib.k6.io/k6-utils/…`. */

/** A whole number in [min, max]. */
export function randomIntBetween(min: number, max: number): number {
  return Math.floor(Math.random() * (max - min + 1)) + min;
}

/** One of the elements. */
export function randomItem<T>(items: readonly T[]): T {
  return items[Math.floor(Math.random() * items.length)];
}

/** Letters drawn from a charset. */
export function randomString(
  length: number,
  charset = "abcdefghijklmnopqrstuvwxyz",
): string {
  let text = "";
  for (let i = 0; i < length; i++) text += charset[Math.floor(Math.random() * charset.length)];
  return text;
}

/** A version 4 UUID. */
export function uuidv4(_secure = false): string {
  return "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx".replace(/[xy]/g, (char) => {
    const digit = Math.floor(Math.random() * 16);
    return (char === "x" ? digit : (digit & 3) | 8).toString(16);
  });
}

/** The text between two others, or null; with `repeat`, all of them. */
export function findBetween(
  content: string,
  left: string,
  right: string,
  repeat = false,
): string | string[] | null {
  const found: string[] = [];
  for (let at = 0;;) {
    const start = content.indexOf(left, at);
    if (start < 0) break;
    const from = start + left.length;
    const end = content.indexOf(right, from);
    if (end < 0) break;
    found.push(content.slice(from, end));
    if (!repeat) return found[0];
    at = end + right.length;
  }
  return repeat ? found : null;
}
