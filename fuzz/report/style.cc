// SPDX-License-Identifier: GPL-2.0-only
//
// Colours are named by what they mean; the dark ones keep the same contrast (text at least 4.5:1,
// curves and bars at least 3:1). Curves of one chart differ in their dashes too.
#include "fuzz/report/page.h"

namespace arenafuzz::report {

constexpr std::string_view kStyleText = R"css(
:root{--page:#ffffff;--box:#f6f7f9;--text:#1b1f24;--quiet:#57606a;--line:#d5dae1;--link:#0b57a4;
--one:#1f66c7;--two:#b4540a;--good:#1a7037;--bad:#b3261e;--warn:#7d5300;--heat:31 102 199;
--alarm:179 38 30;--used:#1f66c7;--free:#e4e9f0;--other:#b9bfc8;--mark:#fdeceb}
@media screen and (prefers-color-scheme:dark){:root{--page:#0f1216;--box:#181c22;--text:#e6e9ee;
--quiet:#9aa5b1;--line:#323a45;--link:#79b8ff;--one:#6aa8ff;--two:#f0954b;--good:#56c274;
--bad:#ff8a80;--warn:#e3b341;--heat:106 168 255;--alarm:255 120 110;--used:#6aa8ff;--free:#29313b;
--other:#5a6572;--mark:#3a1d1d}}
*{box-sizing:border-box}
html{background:var(--page);color:var(--text);font:15px/1.5 system-ui,"DejaVu Sans",sans-serif;
-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:1240px;padding:20px 24px 48px}
h1{font-size:22px;line-height:1.3;margin:0;overflow-wrap:anywhere}
h2{font-size:17px;margin:36px 0 10px}
h3{font-size:14px;margin:22px 0 6px}
p{margin:6px 0}
a{color:var(--link);text-underline-offset:2px;overflow-wrap:anywhere}
code,pre,.code{font:13px/1.5 ui-monospace,"DejaVu Sans Mono",monospace}
code{overflow-wrap:anywhere}
pre{margin:0;overflow:auto;background:var(--box);border:1px solid var(--line);border-radius:6px;
padding:10px 12px;max-height:480px;tab-size:8}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.quiet{color:var(--quiet)}
.top{display:flex;flex-wrap:wrap;align-items:center;gap:6px 12px}
.chip{display:inline-block;border:1px solid currentColor;border-radius:10px;padding:0 8px;
font-size:12px;line-height:19px;color:var(--quiet);overflow-wrap:anywhere}
td .chip{white-space:nowrap}
.chip.running,.chip.fixed,.chip.alive{color:var(--good)}
.chip.new,.chip.regression,.chip.dead,.chip.still-there{color:var(--bad)}
.chip.incubating,.chip.stopped,.chip.changed{color:var(--warn)}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(172px,1fr));margin:18px 0 0;border:1px solid var(--line);border-radius:6px;
overflow:hidden}
.figures div{padding:9px 12px 10px;box-shadow:1px 0 var(--line),0 1px var(--line)}
.figures dt{color:var(--quiet);font-size:13px}
.figures dd{margin:0;font-size:18px;line-height:1.35;font-variant-numeric:tabular-nums;
overflow-wrap:anywhere}
.figures .remark{font-size:13px;color:var(--quiet);line-height:1.4}
.figures .bad{color:var(--bad)}
.warnings{margin:16px 0 0;padding:10px 14px 10px 32px;border:1px solid var(--warn);
border-radius:6px;overflow-wrap:anywhere}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(330px,1fr));gap:26px 28px}
.chart{margin:0;min-width:0}
.chart figcaption{display:flex;flex-wrap:wrap;gap:2px 14px;align-items:baseline;font-size:13px}
.chart figcaption b{font-size:14px}
.chart figcaption span{color:var(--quiet);font-variant-numeric:tabular-nums}
.chart svg{display:block;width:100%;height:auto;overflow:visible}
.chart text{fill:var(--quiet);font:12px system-ui,"DejaVu Sans",sans-serif;
font-variant-numeric:tabular-nums}
.chart .axis{stroke:var(--line);fill:none}
.chart .base{stroke:var(--quiet)}
.curve{fill:none;stroke-width:2;stroke-linejoin:round}
.curve.one,.key.one{stroke:var(--one)}
.curve.two,.key.two{stroke:var(--two)}
.curve.two,.key.two{stroke-dasharray:6 3}
.dot.one{fill:var(--one)}
.dot.two{fill:var(--two)}
.chart .key{width:22px;height:8px;display:inline-block;vertical-align:middle;stroke-width:2;
margin-right:5px}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:5px 14px 5px 0;border-bottom:1px solid var(--line);
vertical-align:top}
th{font-weight:600;color:var(--quiet);font-size:13px;vertical-align:bottom}
tbody th{font-weight:400;color:var(--text);font-size:14px;vertical-align:top;white-space:nowrap}
td.n,th.n{text-align:right;white-space:nowrap}
td.name{overflow-wrap:anywhere;min-width:220px}
.heat{width:auto}
.heat td{text-align:right;min-width:104px;padding:6px 12px;border:2px solid var(--page);
background:rgb(var(--heat)/calc(var(--h)*.45))}
.heat td.alarm{background:rgb(var(--alarm)/calc(.2 + var(--h)*.35));
font-weight:600}
.heat td.none{color:var(--quiet);background:var(--box)}
.heat th{border:0;padding:4px 12px 4px 0;white-space:normal;min-width:112px}
.heat thead th{text-align:right;padding-right:12px}
.heat tbody th small,.heat thead th small{display:block;color:var(--quiet);font-weight:400}
.tools{display:none;flex-wrap:wrap;gap:8px 10px;align-items:center;margin:22px 0 12px}
.script .tools{display:flex}
.tools input[type=search]{flex:1 1 260px;min-width:0;max-width:460px;font:inherit;padding:6px 10px;
color:inherit;background:var(--page);border:1px solid var(--quiet);border-radius:6px}
.tools label{display:inline-flex;gap:5px;align-items:center;overflow-wrap:anywhere}
button{font:inherit;font-size:13px;padding:3px 10px;color:inherit;background:var(--page);
border:1px solid var(--quiet);border-radius:6px;cursor:pointer}
button.copy{display:none;flex:none}
.script button.copy{display:inline-block}
.cluster{border:1px solid var(--line);border-radius:6px;margin:0 0 10px}
.cluster>summary{display:grid;grid-template-columns:12px 92px 1fr auto;gap:2px 10px;padding:10px 14px;
cursor:pointer;align-items:baseline;list-style:none}
.cluster>summary::-webkit-details-marker{display:none}
.cluster>summary::before{content:"\25B8";color:var(--quiet)}
.cluster[open]>summary::before{content:"\25BE"}
.cluster>summary .chip{justify-self:start}
.cluster>summary:hover{background:var(--box)}
.cluster>summary .title{font-weight:600;overflow-wrap:anywhere}
.cluster>summary .meta{color:var(--quiet);font-size:13px;white-space:nowrap}
.cluster>summary .signature{grid-column:3/5;color:var(--quiet);overflow-wrap:anywhere}
.cluster[open]>summary{border-bottom:1px solid var(--line)}
.inside{padding:4px 14px 18px}
.pair{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:10px 0 0}
.pair dt{color:var(--quiet)}
.pair dd{margin:0;overflow-wrap:anywhere}
pre.wrap{white-space:pre-wrap;overflow-wrap:anywhere}
.program{counter-reset:line -1;padding:8px 0}
.program span{display:block;padding:0 12px 0 64px;position:relative;white-space:pre-wrap;
overflow-wrap:anywhere;min-height:1.5em}
.program .op{counter-increment:line}
.program .op::before{content:counter(line);position:absolute;left:0;width:40px;text-align:right;
color:var(--quiet)}
.program .fails{background:var(--mark)}
.program .fails::after{content:"\2190  fails here";color:var(--bad);padding-left:14px;
white-space:nowrap}
.program .decisive{text-decoration:underline;text-decoration-thickness:2px;
text-underline-offset:3px}
.replay{display:flex;gap:10px;align-items:flex-start}
.replay pre{flex:1 1 auto;white-space:pre-wrap;overflow-wrap:anywhere}
.pools{display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:12px 28px}
.pools h4{font-size:13px;margin:8px 0 4px;color:var(--quiet)}
.pool{margin:0 0 10px}
.pool svg{display:block;width:100%;height:16px}
.pool.arena svg{height:10px}
.pool p{margin:0 0 2px;font-size:13px;display:flex;flex-wrap:wrap;gap:0 12px;
justify-content:space-between;font-variant-numeric:tabular-nums}
.u{fill:var(--used)}.f{fill:var(--free)}.o{fill:var(--other)}.d{fill:var(--two)}
.legend{display:flex;flex-wrap:wrap;gap:2px 16px;font-size:13px;color:var(--quiet)}
.legend svg{width:12px;height:12px;margin-right:5px;vertical-align:-1px}
details.fold{margin:14px 0 0}
details.fold>summary{cursor:pointer}
details.fold>pre,details.fold>.wide{margin-top:8px}
.empty{padding:22px;text-align:center;border:1px dashed var(--line);border-radius:6px;
color:var(--quiet)}
footer{margin-top:40px;color:var(--quiet);font-size:13px}
[hidden]{display:none!important}
@media (max-width:640px){body{padding:14px 14px 40px}
.cluster>summary{grid-template-columns:12px auto 1fr}
.cluster>summary .title,.cluster>summary .signature{grid-column:2/4}
.cluster>summary .meta{grid-row:1;grid-column:3;text-align:right;white-space:normal}
.figures{grid-template-columns:repeat(2,1fr)}
.pair{grid-template-columns:1fr;gap:0}.pair dd{margin-bottom:6px}
.program span{padding-left:46px}.program .op::before{width:30px}
.replay{flex-direction:column}.heat td{min-width:76px;padding:6px 8px}}
@media print{:root{--page:#fff;--box:#fff;--text:#000;--quiet:#444;--line:#bbb}
body{max-width:none;padding:0}.tools,button{display:none!important}pre{max-height:none;
white-space:pre-wrap}.chart,.pool,figure,tr{break-inside:avoid}
details::details-content{content-visibility:visible;display:block}*{print-color-adjust:exact}}
)css";

const std::string_view kStyle = kStyleText;

}  // namespace arenafuzz::report
