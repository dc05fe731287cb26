"""How the page of a report looks, by day and by night."""

STYLE = """
:root{--ground:#f6f7f9;--card:#fff;--ink:#1c2330;--quiet:#5b6677;--line:#d9dee6;--bad:#b3261e;
--badground:#fdecea;--good:#1a7f43;--link:#1d5fbf}
@media(prefers-color-scheme:dark){:root{--ground:#12151b;--card:#1b2029;--ink:#e6eaf1;
--quiet:#98a3b5;--line:#323a47;--bad:#ff8a80;--badground:#3a1f20;--good:#6fd197;--link:#8ab8ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1120px;margin:0 auto;padding:24px 20px 60px}
h1{font-size:24px;margin:0 0 2px}h2{font-size:18px;margin:30px 0 10px}
h3{font-size:15px;margin:0;font-weight:600;overflow-wrap:anywhere}
p{margin:4px 0}header p,.quiet{color:var(--quiet);font-size:13px}
a{color:var(--link)}code{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.92em}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:14px}
.card,article,.finding{background:var(--card);border:1px solid var(--line);border-radius:10px;
padding:14px 16px}
article,.finding{margin:0 0 12px}
.card h3{display:flex;justify-content:space-between}
.meter{height:8px;border-radius:4px;background:var(--line);overflow:hidden;margin:8px 0}
.meter i{display:block;height:100%;background:var(--good)}
.word{display:inline-block;border-radius:4px;padding:0 7px;margin:2px 4px 2px 0;font-size:12.5px;
color:#10151c}
.word.no{background:none;color:var(--quiet);outline:1px dashed var(--line);
text-decoration:line-through}
.word.bad{background:var(--badground);color:var(--bad)}
.finding{border-left:4px solid var(--bad)}.finding.test{border-left-color:#c58b00}
.good{color:var(--good)}
svg{display:block;width:100%;height:auto;margin:8px 0}
svg text{font:12px system-ui,sans-serif;fill:var(--ink)}
svg text.in{fill:#10151c}svg text.time{fill:var(--quiet);font-size:11px}
.tick{stroke:var(--line);stroke-dasharray:2 3}.rail{stroke:var(--line)}
.legend svg{display:inline;width:12px;margin:0 2px -2px 8px}
circle{stroke:var(--card);stroke-width:1.5}
.c-submit{fill:#7a4fd0}.c-poll{fill:var(--link)}.c-other{fill:var(--quiet)}
.c-struck{fill:#e09b00}.c-lost{fill:var(--bad)}
.s0{fill:#c9d3e0;background:#c9d3e0}.s1{fill:#a9c4f5;background:#a9c4f5}
.s2{fill:#8fd3ee;background:#8fd3ee}.s3{fill:#8be0cf;background:#8be0cf}
.s4{fill:#c9b3f0;background:#c9b3f0}.s5{fill:#f7d774;background:#f7d774}
.s6{fill:#f3b4dc;background:#f3b4dc}.e-complete{fill:#94dd9a;background:#94dd9a}
.e-fail{fill:#f59a92;background:#f59a92}.e-cancel{fill:#f5b888;background:#f5b888}
.e-expire{fill:#d6a98c;background:#d6a98c}
.sx{fill:#b9bec7;background:#b9bec7}
details{font-size:13px}summary{cursor:pointer;color:var(--quiet)}
table{border-collapse:collapse;margin-top:6px}
td,th{padding:2px 14px 2px 0;text-align:left;border-bottom:1px solid var(--line)}
"""
