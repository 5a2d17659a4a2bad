/**
 * Style of the lab's pages. The colors are Okabe and Ito's, which color-blind readers can
 * distinguish, and no information depends on color alone.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1b2430; --soft: #55606e; --line: #d9dee5; --paper: #ffffff; --panel: #f5f7fa;
  --measured: #0072b2; --bound: #b84a00; --fault: #e69f00; --fault-ink: #7a5200;
  --held: #006b4f; --broken: #b3261e; --inconclusive: #7a5200; --rollback: #7b2d8e;
  --phase: #dbe3ec; --phase-2: #c6d2df; --edge: #8b97a5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e8edf3; --soft: #a5b0bd; --line: #36404c; --paper: #12171d; --panel: #1b222b;
    --measured: #56b4e9; --bound: #ff9b57; --fault: #e69f00; --fault-ink: #ffcf70;
    --held: #4fd1a5; --broken: #ff8a80; --inconclusive: #ffcf70; --rollback: #dda0ec;
    --phase: #2b3643; --phase-2: #364454; --edge: #6d7a89;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px 20px 48px; max-width: 1040px; color: var(--ink);
  background: var(--paper); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; }
h2 { font-size: 18px; margin: 36px 0 8px; }
h3 { font-size: 14px; margin: 18px 0 2px; font-weight: 600; }
p { margin: 6px 0; }
.claim { font-size: 17px; color: var(--soft); margin: 0 0 14px; }
.verdict { border-left: 6px solid; padding: 10px 16px; background: var(--panel); }
.verdict strong { font-size: 20px; }
.verdict p { overflow-wrap: anywhere; }
.held { color: var(--held); } .broken { color: var(--broken); }
.inconclusive { color: var(--inconclusive); } .rollback-failed { color: var(--rollback); }
.verdict.held { border-color: var(--held); } .verdict.broken { border-color: var(--broken); }
.verdict.inconclusive { border-color: var(--inconclusive); }
.verdict.rollback-failed { border-color: var(--rollback); }
.verdict p { color: var(--ink); }
.soft, .about { color: var(--soft); }
.about { font-size: 13px; }
.about dt { float: left; clear: left; width: 9em; }
.about dd { margin: 0 0 2px 9.5em; overflow-wrap: anywhere; }
code { font: 13px ui-monospace, monospace; overflow-wrap: anywhere; }
.scroll { overflow-x: auto;
  background: linear-gradient(to right, var(--paper) 40%, transparent) 0 / 48px 100% local no-repeat,
    linear-gradient(to left, var(--paper) 40%, transparent) 100% / 48px 100% local no-repeat,
    linear-gradient(to right, var(--edge), transparent) 0 / 18px 100% no-repeat,
    linear-gradient(to left, var(--edge), transparent) 100% / 18px 100% no-repeat; }
.sideways { display: none; font-size: 13px; color: var(--soft); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; font-size: 13px; color: var(--soft);
  padding: 0; margin: 8px 0; list-style: none; }
.legend svg { width: 26px; height: 12px; vertical-align: -1px; margin-right: 6px; }
.chart { display: block; width: 100%; min-width: 660px; height: auto; }
.chart text { font: 12px system-ui, sans-serif; fill: var(--ink); }
.chart .tick { fill: var(--soft); }
.grid { stroke: var(--line); stroke-width: 1; }
.axis { stroke: var(--soft); stroke-width: 1; }
.measured { fill: none; stroke: var(--measured); stroke-width: 2; stroke-linejoin: round;
  stroke-linecap: round; }
.control { fill: none; stroke: var(--soft); stroke-width: 2.5; stroke-linecap: round;
  stroke-dasharray: 1 5; }
.dot { fill: var(--measured); opacity: .35; }
.bound { stroke: var(--bound); stroke-width: 2; stroke-dasharray: 7 4; }
.chart .bound-label { fill: var(--bound); font-weight: 600; paint-order: stroke;
  stroke: var(--paper); stroke-width: 6px; stroke-linejoin: round; }
.fault { fill: var(--fault); opacity: .17; }
.on { fill: var(--fault); opacity: .55; }
.phase { fill: var(--phase); } .phase.fault { fill: var(--phase-2); opacity: 1; }
.role { fill: var(--phase); } .role.leader { fill: var(--measured); opacity: .55; }
.role.alone { fill: var(--inconclusive); opacity: .4; }
.phase.recover, .phase.lift { fill: var(--phase-2); }
.point { fill: transparent; } .point:hover { fill: var(--measured); }
.decision line { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 2 3; }
.decision path { fill: var(--ink); }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: 13px; }
th, td { padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number, th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.sign { font-weight: 700; white-space: nowrap; }
tr.unclaimed td { color: var(--soft); }
td .at { display: block; font-size: 13px; color: var(--soft); overflow-wrap: anywhere; }
.bar { display: block; width: 90px; height: 12px; margin-top: 5px; }
.bar .track { fill: var(--phase); } .bar .filled { fill: var(--measured); }
.bar .over { fill: var(--broken); } .bar .limit { stroke: var(--ink); stroke-width: 2; }
.events td { font: 13px/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
.events td:nth-child(-n + 2) { white-space: nowrap; }
.events td:last-child { min-width: 260px; }
.events .bad { color: var(--broken); }
.matrix td, .matrix th { text-align: center; padding: 4px 6px; white-space: nowrap; }
.matrix th[scope=row], .matrix .why td { text-align: left; }
.matrix .why td { white-space: normal; overflow-wrap: anywhere; font-size: 13px;
  color: var(--soft); padding: 0 6px 8px 22px; }
.matrix tr:has(+ .why) > * { border-bottom: 0; }
.matrix thead th { vertical-align: bottom; white-space: normal; min-width: 4.2em; }
a { color: var(--measured); }
@media screen and (max-width: 699px) { .sideways { display: block; } }
@media screen and (max-width: 640px) {
  body { padding: 16px 14px 32px; }
  .scroll > table { min-width: 640px; }
  .scroll > table.measures { min-width: 0; display: block; }
  .measures tbody { display: block; } .measures thead { display: none; }
  .measures tr { display: grid; grid-template-columns: 1fr auto auto; column-gap: 12px;
    padding: 8px 0; border-bottom: 1px solid var(--line); }
  .measures td { border: 0; padding: 0; }
  .measures .sign, .measures .reason { grid-column: 1 / -1; }
  .measures .sign:empty, .measures .share { display: none; }
  .about dt { float: none; } .about dd { margin-left: 0; }
}
@media print {
  :root { color-scheme: light;
    --ink: #000; --soft: #333; --line: #bbb; --paper: #fff; --panel: #fff;
    --measured: #0072b2; --bound: #b84a00; --fault: #e69f00; --fault-ink: #7a5200;
    --held: #006b4f; --broken: #b3261e; --inconclusive: #7a5200; --rollback: #7b2d8e;
    --phase: #dbe3ec; --phase-2: #c6d2df; }
  body { padding: 0; max-width: none; font-size: 12px; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .chart { min-width: 0; } .scroll { background: none; }
  figure, tr, .verdict { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
figure { margin: 0; }
`;
