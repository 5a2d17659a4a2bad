/** CSV body → cell table: no copies, no object a row. Pure. */
export * from "./buffers.ts";
export * from "./cell_table.ts";
export * from "./csv_parser.ts";
export * from "./header.ts";
export * from "./limits.ts";
export * from "./parse_error.ts";
export * from "./text.ts";
