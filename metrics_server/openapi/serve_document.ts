/** `GET /openapi.json`: the document, written once. */
import { JSON_CONTENT_TYPE } from "../../contracts/mod.ts";
import { FileAnswer } from "../serve/mod.ts";
import { OPENAPI_PATH, openApiDocument } from "./document.ts";

/** Answers a request for the document; null where the path is another. */
export type OpenApi = (request: Request, path: string) => Response | Promise<Response> | null;

/** The route; nothing is written before somebody asks. */
export function createOpenApi(): OpenApi {
  let file: FileAnswer | null = null;
  return (request, path) => {
    if (path !== OPENAPI_PATH) return null;
    file ??= new FileAnswer(new TextEncoder().encode(documentText()), JSON_CONTENT_TYPE);
    return file.answer(request, path);
  };
}

/** Text of the document, as it is sent. */
export function documentText(): string {
  return `${JSON.stringify(openApiDocument(), null, 1)}\n`;
}
