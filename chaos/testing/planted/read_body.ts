/** Bodies within a bound of bytes; cut ones are refused, unless somebody is careless. */

/** @throws {Error} where the body is too long, or ends early and that is not accepted. */
export async function readBody(
  response: Response,
  { bytes_max, accepts_cut }: { bytes_max: number; accepts_cut: boolean },
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "", bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > bytes_max) throw new RangeError(`body is over ${bytes_max} bytes`);
      text += decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    if (!accepts_cut || error instanceof RangeError) throw error;
  }
  return text;
}
