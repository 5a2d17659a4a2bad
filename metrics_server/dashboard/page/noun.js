/** What a row is called. */

/** `node_guid:port_num` of UFM. */
const PORT_ID = /^(0x)?[0-9a-f]{8,16}:\d+$/i;

/** Of the newest ids. @type {[one: string, many: string]} */
export let noun = ["switch", "switches"];

/** @param {readonly string[]} ids */
export function nameRows(ids) {
  const ports = ids.filter((id) => PORT_ID.test(id)).length;
  const one = ports === 0 ? "switch" : ports === ids.length ? "port" : "row";
  return noun = [one, one + (ports === 0 ? "es" : "s")];
}
