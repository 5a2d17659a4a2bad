/** `deno task docs`: writes the generated documents and the generated tables of docs/reference.md. */
import { documentText } from "../../metrics_server/mod.ts";
import { envExampleText, fillIn, limitsText, PROJECT, referenceBlocks } from "./generated.ts";

/** The golden file of `GET /openapi.json`. */
Deno.writeTextFileSync(new URL("docs/openapi.json", PROJECT), documentText());

Deno.writeTextFileSync(new URL("docs/limits.md", PROJECT), limitsText());

const REFERENCE = new URL("docs/reference.md", PROJECT);

Deno.writeTextFileSync(new URL(".env.example", PROJECT), envExampleText());
Deno.writeTextFileSync(REFERENCE, fillIn(Deno.readTextFileSync(REFERENCE), referenceBlocks()));
