/** The choice of the fault that removes rows: the HTTP proxy and the judge share it. */
import { crc32 } from "../../contracts/mod.ts";

/** Whether `removedRows` leaves out this switch: a hash of the id is below the share. */
export function isRemoved(switch_id: string, share: number): boolean {
  const bytes = new TextEncoder().encode(switch_id);
  return crc32(bytes, bytes.length) < share * 2 ** 32;
}
