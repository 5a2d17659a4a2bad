import { assertEquals } from "@std/assert";
import { parseBody } from "../testing/bodies.ts";
import { IdReader } from "./id_reader.ts";

function idsOf(csv: string): string[] {
  const { header, table } = parseBody(csv);
  const ids = new IdReader(header, table);
  return Array.from({ length: table.rows }, (_, row) => {
    const length = ids.read(row);
    return new TextDecoder().decode(ids.bytes.subarray(0, length));
  });
}

Deno.test("IdReader unquotes an id and takes white space off around it", () => {
  const cells = ["sw-0", '"sw-1"', " sw-2\t", '" sw 3 "', '"sw ""4"""', '"sw,\n5"', "ü/€"];
  assertEquals(
    idsOf(`switch_id,a\n${cells.map((cell) => `${cell},1\n`).join("")}`),
    ["sw-0", "sw-1", "sw-2", "sw 3", 'sw "4"', "sw,\n5", "ü/€"],
  );
});

Deno.test("IdReader joins the parts of a composed id, in the order the identity has them", () => {
  const csv = 'Port,timestamp,Node_GUID\n12,1,0x248a070300e50c30\n" 3 ",1,"0xa"\n';
  assertEquals(idsOf(csv), ["0x248a070300e50c30:12", "0xa:3"]);
});

Deno.test("IdReader gives an XDR row the id of its system image and its port", () => {
  assertEquals(idsOf("sys_image_guid,aport,x\n0xfc6a1c0300a0,7,1\n"), ["0xfc6a1c0300a0:7"]);
});

Deno.test("IdReader gives a row no id where any part of it is empty", () => {
  const csv = 'node_guid,port_num,a\n0xa,,1\n,3,1\n0xa," ",1\n0xa,"",1\n,,1\n0xa,1,1\n';
  assertEquals(idsOf(csv), ["", "", "", "", "", "0xa:1"]);
});

Deno.test("IdReader has room for ids of any length", () => {
  const long = ["x".repeat(255), "y".repeat(256), "z".repeat(5000)];
  assertEquals(idsOf(`switch_id,a\n${long.map((id) => `${id},1\n`).join("")}`), long);
  const parts = `node_guid,port_num\n${"g".repeat(256)},${"p".repeat(700)}\n`;
  assertEquals(idsOf(parts), [`${"g".repeat(256)}:${"p".repeat(700)}`]);
});
