/**
 * The style sheet of every page. Series colors were chosen so that readers with protanopia, deuteranopia and tritanopia
 * tell them apart (they vary in lightness as well as hue), with a contrast of at least 3 to 1 to the paper. The ramp of
 * heat maps has even steps of lightness in OKLab, away from the paper, over warm hues; equal bits are blue, which no
 * such reader takes for one of them.
 */
const light = `
  color-scheme: light;
  --paper: #fdfcf9; --ink: #1d2125; --muted: #596068; --rule: #d8d4ca; --grid: #e8e5dd; --band: #e9eef2;
  --code: #f3f1ea; --good: #00664a; --bad: #b3261e;
  --series-0: #0068a8; --series-1: #c14a00; --series-2: #00836a; --series-3: #8f3f88; --series-4: #8a6d00; --series-5: #5a5a5a;
  --equal: #8fb9d6; --heat-0: #f9e8a7; --heat-1: #f7cc76; --heat-2: #f7ad44; --heat-3: #ed8724; --heat-4: #de6116; --heat-5: #bf4121; --heat-6: #9e2225; --heat-7: #711628; --heat-8: #470c20;`;

/** Rules that differ only in a number. */
const heat = Array.from({ length: 9 }, (_, i) => `.heat-${i} { --fill: var(--heat-${i}); }`).join(' ');

const dark = `
  color-scheme: dark;
  --paper: #15171a; --ink: #e7e5e0; --muted: #a5a9ae; --rule: #3b4046; --grid: #2a2e33; --band: #1f2a33;
  --code: #1f2226; --good: #4fd0a5; --bad: #ff8a80;
  --series-0: #5db4ee; --series-1: #f58a4b; --series-2: #35c9a6; --series-3: #d993d2; --series-4: #dcbd4a; --series-5: #b8b8b8;
  --equal: #3a6f94; --heat-0: #4d1632; --heat-1: #6f1b39; --heat-2: #931f37; --heat-3: #b43632; --heat-4: #d35023; --heat-5: #e4791d; --heat-6: #f0a133; --heat-7: #f5c969; --heat-8: #faed9e;`;

export const style = `
:root {${light}
  --serif: Charter, 'Bitstream Charter', 'Iowan Old Style', 'Palatino Linotype', Palatino, Georgia, 'Liberation Serif', serif;
  --sans: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif;
  --mono: ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', 'DejaVu Sans Mono', monospace;
}
@media (prefers-color-scheme: dark) { :root:not([data-theme='light']) {${dark}
} }
:root[data-theme='dark'] {${dark}
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.55 var(--serif); overflow-wrap: break-word; }
main, header, footer { max-width: 58rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.25rem; }
.running { display: flex; gap: 1rem; align-items: center; justify-content: space-between; font: .8125rem/1.3 var(--sans); color: var(--muted); padding-bottom: .75rem; border-bottom: 1px solid var(--rule); }
.running b { color: var(--ink); font-weight: 600; }
h1 { font-size: clamp(1.7rem, 1.2rem + 2.6vw, 2.6rem); line-height: 1.15; font-weight: 600; letter-spacing: -.012em; margin: 2.25rem 0 1rem; text-wrap: balance; }
.question { font-size: 1.25rem; line-height: 1.4; margin: 2rem 0 0; color: var(--muted); font-style: italic; }
.question + h1 { margin-top: .9rem; }
.verdict { font-family: var(--sans); font-weight: 700; font-size: .8125rem; letter-spacing: .01em; white-space: nowrap; padding: .16em .55em .2em; border-radius: 4px; border: 2px solid currentColor; }
h1 .verdict { display: table; font-size: 1.125rem; line-height: 1.3; margin-bottom: .7rem; }
.verdict.supported { color: var(--good); } .verdict.refuted { color: var(--series-1); } .verdict.open { color: var(--muted); border-style: dashed; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1rem 2.5rem; margin-top: 1.5rem; }
.card { border-top: 2px solid var(--ink); padding-top: .6rem; }
.card h2 { font: 600 .8125rem/1.3 var(--sans); color: var(--muted); margin: 0 0 .4rem; }
.effect-name { margin: 0; } .effect { font-size: 2rem; line-height: 1.2; font-variant-numeric: tabular-nums lining-nums; margin: .1rem 0; }
.effect-range { font: .875rem/1.5 var(--sans); color: var(--muted); margin: 0; }
blockquote { margin: 0; font-size: 1.125rem; line-height: 1.45; font-style: italic; }
blockquote::before { content: '“'; } blockquote::after { content: '”'; }
svg.strip { display: block; width: 100%; max-width: 22rem; height: auto; margin-top: .5rem; font: 12px var(--sans); }
.findings { padding-left: 1.2rem; max-width: 42rem; } .findings li { margin-bottom: .5rem; }
.entries { list-style: none; margin: 1rem 0 0; padding: 0; border-top: 1px solid var(--rule); }
.entries li { display: grid; grid-template-columns: 13rem minmax(0, 1fr); gap: .25rem 1.5rem; padding: 1rem 0; border-bottom: 1px solid var(--rule); }
.entries p { margin: 0 0 .35rem; } .entry-head { font: .9375rem/1.6 var(--sans); } .entry-head .verdict { display: table; margin-bottom: .4rem; }
.entry-question { font-style: italic; color: var(--muted); } .entry-claim { font-size: 1.125rem; font-weight: 600; } .entry-effect { font: .8125rem/1.5 var(--sans); color: var(--muted); }
h1.fault { color: var(--bad); }
.lead p { margin: 0 0 .6rem; max-width: 42rem; }
.lead p:first-child { font-size: 1.25rem; line-height: 1.45; margin-bottom: .9rem; }
.setting { font: .875rem/1.5 var(--sans); color: var(--muted); margin: 1.25rem 0 0; }
h2 { font-size: 1.375rem; line-height: 1.25; font-weight: 600; margin: 3rem 0 .5rem; text-wrap: balance; }
h3 { font: 600 .9375rem/1.35 var(--sans); margin: 1.75rem 0 .35rem; }
p { max-width: 42rem; text-wrap: pretty; }
h2 + p { margin-top: 0; }
a { color: var(--series-0); }
figure { margin: 1rem 0 0; }
figcaption { font: .875rem/1.5 var(--sans); color: var(--muted); max-width: 44rem; margin-top: .5rem; }
figcaption p { margin: 0 0 .4rem; max-width: none; }
svg.chart { display: block; width: 100%; height: auto; overflow: visible; touch-action: pan-y pinch-zoom; font: 12px var(--sans); font-variant-numeric: tabular-nums; }
svg.narrow { display: none; font-size: 13px; }
svg .tick { fill: var(--muted); }
svg .label { fill: var(--ink); font-weight: 600; }
svg .zero { fill: var(--band); }
svg .zero-label { fill: var(--series-0); font-weight: 600; }
svg .grid { stroke: var(--grid); fill: none; }
svg .axis { stroke: var(--muted); fill: none; }
svg .line { fill: none; stroke-linejoin: round; stroke-linecap: butt; }
svg .guide .line { stroke-width: 1.25; }
svg .crowded { opacity: 0; }
svg .single { opacity: .55; }
svg .series { transition: opacity .15s; }
svg .band { opacity: .16; }
svg .hairline { stroke: var(--muted); stroke-width: 1; stroke-dasharray: 1 3; fill: none; }
svg .event { fill: var(--ink); }
svg .row-label { fill: var(--ink); stroke: var(--paper); stroke-width: 4; stroke-linejoin: round; paint-order: stroke; }
svg .many .line { stroke-opacity: .4; stroke-width: 1; } svg .many.chosen .line { stroke-opacity: 1; }
svg .dot { fill: var(--series-0); fill-opacity: .62; }
svg .center { stroke: var(--ink); stroke-width: 2.25; fill: none; }
svg .interval { stroke: var(--ink); stroke-width: 5; stroke-opacity: .3; fill: none; }
svg .estimate { fill: var(--series-0); } svg rect.estimate { fill-opacity: .5; }
svg .whisker { stroke: var(--ink); stroke-width: 1.5; fill: none; }
svg .bar-value { fill: var(--ink); font-variant-numeric: tabular-nums; }
svg .reference { stroke: var(--series-1); stroke-width: 1.5; stroke-dasharray: 5 3; fill: none; }
svg .reference-label { fill: var(--series-1); font-weight: 600; }
svg .cells rect { fill: var(--fill); shape-rendering: crispEdges; }
${heat} .equal { --fill: var(--equal); }
.heat-legend { display: flex; flex-wrap: wrap; gap: .4rem 1.5rem; align-items: end; margin: .25rem 0 .75rem; font: .8125rem/1.3 var(--sans); font-variant-numeric: tabular-nums; }
.heat-legend i { background: var(--fill); display: block; height: .8rem; }
.heat-legend .key { display: inline-flex; gap: .5rem; align-items: center; }
.heat-legend .key i { width: 1.6rem; } .heat-legend .key i.equal { height: .3rem; } .heat-legend .key i.none { border: 1px dashed var(--muted); }
.ramp-label { display: block; color: var(--muted); margin-bottom: .15rem; }
.ramp ol { list-style: none; display: flex; margin: 0; padding: 0; }
.ramp li { min-width: 2.1rem; } .ramp li span { display: block; text-align: right; color: var(--muted); font-size: .75rem; padding: .1rem .15rem 0 .35rem; white-space: nowrap; }
svg .focus-mark { fill: none; stroke: var(--ink); stroke-width: 1.75; pointer-events: none; }
.choosing .series:not(.chosen) { opacity: .13; }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1.25rem 1.5rem; }
.panels.small { grid-template-columns: repeat(auto-fill, minmax(min(100%, 16rem), 1fr)); }
.panel { display: flex; flex-direction: column; justify-content: end; }
.panel h3 { margin: 0 0 .25rem; font-size: .875rem; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .15rem .35rem; margin: .25rem 0 .75rem -.4rem; padding: 0; font: .8125rem/1.3 var(--sans); }
.legend button { font: inherit; color: inherit; background: none; border: 1px solid transparent; border-radius: 4px; padding: .25rem .4rem; display: inline-flex; gap: .4rem; align-items: center; text-align: left; cursor: pointer; }
.legend button:hover { border-color: var(--rule); }
.legend button[aria-pressed='true'] { border-color: currentColor; }
.swatch { flex: none; }
.choice { border: 0; margin: 0 0 .35rem; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1rem; font: .875rem/1.5 var(--sans); }
.choice legend { float: left; padding: 0; margin-right: 1rem; color: var(--muted); }
.choice label { display: inline-flex; gap: .35rem; align-items: center; cursor: pointer; }
.choice input { accent-color: var(--series-0); margin: 0; }
.charts:has(.choose-0:checked) .view:not(.view-0), .charts:has(.choose-1:checked) .view:not(.view-1),
.charts:has(.choose-2:checked) .view:not(.view-2) { display: none; }
details { margin-top: .6rem; font: .875rem/1.5 var(--sans); }
summary { cursor: pointer; color: var(--muted); width: fit-content; }
.scroll {
  overflow: auto; max-height: 31rem; border-block: 1px solid var(--rule); margin: .5rem 0 1rem;
  /* A shade at each edge behind which there is more: the covers scroll with the table, the shades do not. */
  background: linear-gradient(to right, var(--paper) 40%, transparent) left / 3rem 100% no-repeat local,
    linear-gradient(to left, var(--paper) 40%, transparent) right / 3rem 100% no-repeat local,
    linear-gradient(to right, var(--rule), transparent) left / .9rem 100% no-repeat scroll,
    linear-gradient(to left, var(--rule), transparent) right / .9rem 100% no-repeat scroll;
}
table { border-collapse: collapse; font: .8125rem/1.4 var(--sans); font-variant-numeric: tabular-nums lining-nums; min-width: 100%; }
th, td { padding: .32rem .65rem .32rem 0; white-space: nowrap; vertical-align: baseline; }
th:last-child, td:last-child { padding-right: .25rem; }
thead th { position: sticky; top: 0; background: var(--paper); white-space: normal; max-width: 9rem; font-weight: 600; vertical-align: bottom; box-shadow: inset 0 -1px var(--rule); }
.number { text-align: right; } .text { text-align: left; } .number + .text { padding-left: .75rem; }
tbody tr + tr td { border-top: 1px solid var(--grid); }
tr.block td { border-top-color: var(--rule); }
code, pre { font-family: var(--mono); font-size: .92em; }
pre { background: var(--code); padding: .75rem .9rem; border-radius: 4px; overflow: auto; font-size: .8125rem; line-height: 1.5; margin: .5rem 0 1rem; }
pre.line { white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; }
.same { color: var(--good); } .differs { color: var(--series-1); } .fault-text { color: var(--bad); font-weight: 600; }
.bits { font-family: var(--mono); font-size: .75rem; letter-spacing: .02em; }
.bits mark { background: none; color: var(--series-1); font-weight: 700; text-decoration: underline; text-underline-offset: 2px; }
.pairs { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .2rem 1.25rem; font: .875rem/1.5 var(--sans); margin: .5rem 0; }
.pairs dt { color: var(--muted); } .pairs dd { margin: 0; overflow-wrap: anywhere; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 0 2.5rem; }
button.theme { font: inherit; color: inherit; background: none; border: 1px solid var(--rule); border-radius: 4px; padding: .2rem .6rem; cursor: pointer; flex: none; }
footer { font: .8125rem/1.5 var(--sans); color: var(--muted); padding-top: 1rem; padding-bottom: 3rem; margin-top: 3rem; }
footer p { border-top: 1px solid var(--rule); padding-top: .75rem; max-width: none; }
.tip { position: fixed; z-index: 1; pointer-events: none; max-width: min(18rem, calc(100vw - 1rem)); background: var(--ink); color: var(--paper); font: .8125rem/1.4 var(--sans); padding: .35rem .55rem; border-radius: 4px; }
.reading { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); margin: 0; }
:focus-visible { outline: 2px solid var(--series-0); outline-offset: 2px; border-radius: 2px; }
@media (max-width: 58rem) { svg.wide { font-size: 15px; } .panel svg.wide { font-size: 13.5px; } }
@media (max-width: 38rem) {
  svg.wide { display: none; } svg.narrow { display: block; }
  h1 { margin-top: 1.5rem; } .question { font-size: 1.0625rem; margin-top: 1.25rem; } .entries li { grid-template-columns: 1fr; } .pairs { grid-template-columns: 1fr; gap: 0; } .pairs dd { margin-bottom: .4rem; }
}
@media (prefers-reduced-motion: reduce) { svg .series { transition: none; } }
@media print {
  :root, :root[data-theme], :root:not([data-theme='light']) {${light} --paper: #fff; }
  body { font-size: 10.5pt; } main, header, footer { max-width: none; padding: 0; }
  .theme, .choice, details:not([open]), .tip { display: none; }
  .scroll { overflow: visible; max-height: none; } thead th { position: static; } table { font-size: 7.5pt; }
  th, td { padding-right: .5rem; } figure, .panel, tr { break-inside: avoid; } h2, h3 { break-after: avoid; }
  svg.wide { display: block; } svg.narrow { display: none; } pre { white-space: pre-wrap; }
}
`;
