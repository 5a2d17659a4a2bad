/** `deno task docs`: writes `.env.example` and the README's generated blocks anew. */
import { envExampleText, fillIn, PROJECT, readmeBlocks } from "./generated.ts";

const README = new URL("README.md", PROJECT);

Deno.writeTextFileSync(new URL(".env.example", PROJECT), envExampleText());
Deno.writeTextFileSync(README, fillIn(Deno.readTextFileSync(README), readmeBlocks()));
