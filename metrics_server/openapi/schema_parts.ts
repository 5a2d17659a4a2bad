/** Parts of schemas. */
import type { Schema } from "./types.ts";

/** Reference to a schema of the document. */
export function schemaRef(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

export const text: Schema = { type: "string" };
export const count: Schema = { type: "integer", minimum: 0 };
export const ms: Schema = { type: "number", minimum: 0 };
export const whole_ms: Schema = { type: "integer", minimum: 0 };

export function orNull(schema: Schema): Schema {
  return { ...schema, type: [schema.type, "null"] };
}

export function described(description: string, schema: Schema): Schema {
  return { description, ...schema };
}

/** An object with exactly the members of `T`. */
export function object<T>(
  properties: { readonly [Name in keyof Required<T>]: Schema },
  optional: readonly (keyof T)[] = [],
): Schema {
  const required = (Object.keys(properties) as (keyof T)[])
    .filter((name) => !optional.includes(name));
  return { type: "object", required, properties };
}
