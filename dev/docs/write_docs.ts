/** `deno task docs`: writes what documents are generated, and the README's generated blocks, anew. */
import { documentText } from "../../metrics_server/mod.ts";
import { envExampleText, fillIn, limitsText, PROJECT, readmeBlocks } from "./generated.ts";

/** The golden file of `GET /openapi.json`. */
Deno.writeTextFileSync(new URL("docs/openapi.json", PROJECT), documentText());

Deno.writeTextFileSync(new URL("docs/limits.md", PROJECT), limitsText());

const README = new URL("README.md", PROJECT);

Deno.writeTextFileSync(new URL(".env.example", PROJECT), envExampleText());
Deno.writeTextFileSync(README, fillIn(Deno.readTextFileSync(README), readmeBlocks()));
