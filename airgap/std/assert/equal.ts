/**
 * Deep equality, as `assertEquals` defines it.
 *
 * - `NaN` equals `NaN`, and `0` equals `-0`.
 * - Two objects need the same prototype; one without a prototype counts as a plain object.
 * - Own enumerable keys (strings and symbols) and the getters of the class are compared. A key that
 *   holds `undefined` differs from a missing key. The hidden keys of an `Error` count too
 *   (`message`, `cause`, `stack`), so errors created on different lines are never equal.
 * - `Date`, `RegExp`, `URL`, `WeakRef`, buffers and their views are compared by content; `Map` and
 *   `Set` in any order, with deep comparison of keys.
 *
 * Throws a `TypeError` for two different `WeakMap`s or `WeakSet`s, whose content is unreadable.
 */
export function equal(a: unknown, b: unknown): boolean {
  return sameValue(a, b, new Map());
}

/** Pairs being compared: an object that contains itself equals its partner so far. */
type Pairs = Map<object, object>;

function sameValue(a: unknown, b: unknown, pairs: Pairs): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b)) return false;
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (a instanceof RegExp && b instanceof RegExp) return `${a}` === `${b}`;
  if (a instanceof URL && b instanceof URL) return a.href === b.href;
  refuseWeakCollections(a, b);
  if (!sameKind(a, b)) return false;
  if (a instanceof WeakRef && b instanceof WeakRef) return sameValue(a.deref(), b.deref(), pairs);
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) return sameView(a, b);
  if (isBuffer(a) && isBuffer(b)) return sameElements(new Uint8Array(a), new Uint8Array(b));

  if (pairs.get(a) === b) return true;
  pairs.set(a, b);
  if (Object.keys(a).length !== Object.keys(b).length) return false;
  if (a instanceof Set && b instanceof Set) return sameSet(a, b, pairs);
  if (a instanceof Map && b instanceof Map) return sameMap(a, b, pairs);
  const keys = [...comparedKeys(a), ...getterKeys(a)];
  return keys.every((key) => sameProperty(a, b, key, pairs)) &&
    // Usually both have the same keys in the same order, so they are compared already.
    comparedKeys(b).every((key, i) => key === keys[i] || sameProperty(a, b, key, pairs));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isBuffer(value: object): value is ArrayBuffer | SharedArrayBuffer {
  return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
}

function refuseWeakCollections(a: object, b: object): void {
  for (const Weak of [WeakMap, WeakSet]) {
    if (a instanceof Weak && b instanceof Weak) {
      throw new TypeError(`Cannot compare ${Weak.name} instances`);
    }
  }
}

function sameKind(a: object, b: object): boolean {
  const a_prototype = Object.getPrototypeOf(a) ?? Object.prototype;
  const b_prototype = Object.getPrototypeOf(b) ?? Object.prototype;
  return a_prototype === b_prototype;
}

function sameProperty(a: object, b: object, key: PropertyKey, pairs: Pairs): boolean {
  if (!(key in a) || !(key in b)) return false;
  return sameValue(Reflect.get(a, key), Reflect.get(b, key), pairs);
}

/** Enumerable keys; for an error all keys, because its message and stack are not enumerable. */
function comparedKeys(value: object): PropertyKey[] {
  if (value instanceof Error) return Reflect.ownKeys(value);
  const symbols = Object.getOwnPropertySymbols(value)
    .filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
  return [...Object.keys(value), ...symbols];
}

/** Names of the getters of an object's class. */
function getterKeys(value: object): PropertyKey[] {
  const keys: PropertyKey[] = [];
  let prototype = Object.getPrototypeOf(value);
  while (prototype !== null && prototype !== Object.prototype && prototype !== Array.prototype) {
    const own = Object.getOwnPropertyDescriptors(prototype) as PropertyDescriptorMap;
    keys.push(...Reflect.ownKeys(own).filter((key) => own[key].get !== undefined));
    prototype = Object.getPrototypeOf(prototype);
  }
  return keys;
}

function sameView(a: ArrayBufferView, b: ArrayBufferView): boolean {
  if (a instanceof DataView || b instanceof DataView) return sameElements(bytesOf(a), bytesOf(b));
  return sameElements(a as unknown as ArrayLike<unknown>, b as unknown as ArrayLike<unknown>);
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function sameElements(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i] && !Object.is(a[i], b[i])) return false;
  }
  return true;
}

/** Every element of `a` equals some element of `b`; the sizes are the same. */
function sameSet(a: Set<unknown>, b: Set<unknown>, pairs: Pairs): boolean {
  if (a.size !== b.size) return false;
  for (const value of a) {
    if (b.has(value)) continue;
    if (!isObject(value) || !b.values().some((other) => sameValue(value, other, pairs))) {
      return false;
    }
  }
  return true;
}

/** Every entry of `a` equals some entry of `b`; the sizes are the same. */
function sameMap(a: Map<unknown, unknown>, b: Map<unknown, unknown>, pairs: Pairs): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) {
    if (b.has(key) && sameValue(value, b.get(key), pairs)) continue;
    if (!isObject(key)) return false;
    const found = b.entries().some(([other_key, other_value]) =>
      sameValue(key, other_key, pairs) && sameValue(value, other_value, pairs)
    );
    if (!found) return false;
  }
  return true;
}
