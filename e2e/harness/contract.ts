/** Compares responses with the OpenAPI document of the service. */
import type { OpenApiDocument, ResponseObject, Schema } from "../../metrics_server/mod.ts";
import { type Answer, request } from "./http_socket.ts";

/** npm packages, imported only at run time: the start of a service downloads none. */
const AJV_PACKAGE: string = "npm:ajv@8.20.0/dist/2020.js";
const FORMATS_PACKAGE: string = "npm:ajv-formats@3.0.1";
const VALIDATOR_PACKAGE: string = "npm:@seriousme/openapi-schema-validator@2.11.0";

interface Ajv {
  compile(schema: unknown): {
    (value: unknown): boolean;
    errors?: { instancePath: string; message?: string; params: unknown }[] | null;
  };
}

/** Headers of HTTP itself, not in the document. */
const TRANSPORT_HEADERS = [
  "connection",
  "content-length",
  "content-type",
  "date",
  "sec-websocket-accept",
  "transfer-encoding",
  "upgrade",
];

export async function documentErrors(document: unknown): Promise<unknown[]> {
  const { Validator } = await import(VALIDATOR_PACKAGE);
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  return valid ? [] : [errors].flat();
}

/** The document of a service. */
export class Contract {
  readonly #document: OpenApiDocument;

  private constructor(readonly document: OpenApiDocument, readonly ajv: Ajv) {
    this.#document = closed(structuredClone(document)) as OpenApiDocument;
  }

  static async of(server: { readonly port: number }): Promise<Contract> {
    const { default: Ajv2020 } = await import(AJV_PACKAGE);
    const { default: addFormats } = await import(FORMATS_PACKAGE);
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats(ajv);
    return new Contract((await request(server, "/openapi.json")).json(), ajv);
  }

  /** Differences between a response and the document, undocumented headers and members included. */
  differences(path: string, answer: Answer, method = "GET"): string[] {
    const response = this.#response(path, answer.status);
    if (response === null) return [`status ${answer.status} is not documented`];
    return [...this.#headers(response, answer), ...this.#body(response, answer, method)];
  }

  /** Violations of one of the document's schemas. */
  schemaErrors(name: string, value: unknown): string[] {
    return this.#errors({ $ref: `#/components/schemas/${name}` }, value, name);
  }

  #response(path: string, status: number): ResponseObject | null {
    const response = this.#document.paths[path].get.responses[status];
    if (response === undefined) return null;
    if (!("$ref" in response)) return response;
    return this.#document.components.responses[response.$ref.split("/").at(-1)!];
  }

  #headers({ headers = {} }: ResponseObject, answer: Answer): string[] {
    const differences = Object.entries(headers).flatMap(([name, { required, schema }]) => {
      const text = answer.headers.get(name);
      if (text === null) return required ? [`header ${name} is missing`] : [];
      return this.#errors(schema, schema.type === "integer" ? Number(text) : text, name);
    });
    const known = [...TRANSPORT_HEADERS, ...Object.keys(headers).map((key) => key.toLowerCase())];
    const others = [...answer.headers.keys()].filter((name) => !known.includes(name));
    return [...differences, ...others.map((name) => `header ${name} is not documented`)];
  }

  #body({ content = {} }: ResponseObject, answer: Answer, method: string): string[] {
    const type = answer.headers.get("content-type");
    if (type === null) {
      return Object.keys(content).length > 0 ? ["the content type is missing"] : [];
    }
    if (content[type] === undefined) return [`content type ${type} is not documented`];
    if (method === "HEAD") return answer.bytes.length > 0 ? ["HEAD has a body"] : [];
    if (type === "text/event-stream") {
      return eventsOf(answer.text).flatMap((event) =>
        this.#errors(content[type].schema, event, "event")
      );
    }
    const value = /[/+]json$/.test(type) ? answer.json() : answer.text;
    return this.#errors(content[type].schema, value, "body");
  }

  #errors(schema: Schema, value: unknown, where: string): string[] {
    const { components } = this.#document;
    const isValid = this.ajv.compile({ ...schema, components });
    if (isValid(value)) return [];
    return isValid.errors!.map(({ instancePath, message, params }) =>
      `${where}${instancePath} ${message} ${JSON.stringify(params)}`
    );
  }
}

/** Server-sent events of a text, without comments. */
export function eventsOf(text: string): Record<string, string>[] {
  return text.split("\n\n").slice(0, -1)
    .map((block) => block.split("\n").filter((line) => !line.startsWith(":")))
    .filter((lines) => lines.length > 0)
    .map((lines) => Object.fromEntries(lines.map((line) => line.split(/: (.*)/s))));
}

/** Forbids additional members in all objects, so that undocumented members are found. */
function closed(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  for (const inner of Object.values(value)) closed(inner);
  if (!("properties" in value) || "additionalProperties" in value) return value;
  return Object.assign(value, { additionalProperties: false });
}
