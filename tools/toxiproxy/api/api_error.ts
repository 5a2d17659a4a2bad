/** What the API refuses, with the status and the words Toxiproxy uses. */

/** Answered as `{"error": message, "status": status}`. */
export class ApiError extends Error {
  override name = "ApiError";

  constructor(readonly status: number, message: string) {
    super(message);
  }
}

export const proxyNotFound = () => new ApiError(404, "proxy not found");
export const toxicNotFound = () => new ApiError(404, "toxic not found");
export const proxyExists = () => new ApiError(409, "proxy already exists");
export const toxicExists = () => new ApiError(409, "toxic already exists");
export const missingField = (field: string, at = "") =>
  new ApiError(400, `missing required field: ${field}${at}`);
export const badBody = (reason: string) => new ApiError(400, `bad request body: ${reason}`);
export const invalidType = () => new ApiError(400, "invalid toxic type");

/** Runs a check that throws `RangeError`s; those become 400. */
export function checked<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof RangeError) throw new ApiError(400, error.message);
    throw error;
  }
}
