/** Version of the product, from `deno.json`: `deno task docs` writes this file. */
export const VERSION = "1.0.0";
