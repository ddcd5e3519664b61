/** All of the pay page's looks: phone first, light and dark, the system's own fonts, every target at least 48 px high. */

export const STYLE = `
:root{color-scheme:light dark;--page:#f3f5f6;--card:#fff;--ink:#14191d;--quiet:#56616b;--line:#dde2e6;--accent:#0b625e;--on:#fff;--soft:#e4f2f1;--bad:#a4211a;--badsoft:#fdecea}
@media(prefers-color-scheme:dark){:root{--page:#101418;--card:#191f24;--ink:#e9eef2;--quiet:#a3b0ba;--line:#323b43;--accent:#5cc4ba;--on:#06231f;--soft:#15302e;--bad:#ff9d94;--badsoft:#3a1f1d}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
:lang(zh-Hans){font-family:system-ui,-apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
:lang(zh-Hant){font-family:system-ui,-apple-system,"PingFang TC","Microsoft JhengHei","Noto Sans CJK TC",sans-serif}
main,header,footer{max-width:460px;margin:0 auto;padding:0 16px}
header{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:0 12px;padding-top:6px}
header strong{font-size:15px}
nav{display:flex;margin-right:-8px}
nav a{display:flex;align-items:center;min-width:44px;min-height:44px;padding:0 8px;color:var(--quiet);text-decoration:none;font-size:14px;justify-content:center}
nav a[aria-current]{color:var(--ink);font-weight:600}
.card{background:var(--card);border:1px solid var(--line);border-radius:16px;padding:20px;margin:4px 0 14px}
h1{font-size:15px;font-weight:400;margin:0 0 12px;color:var(--quiet)}
h2{font-size:20px;line-height:1.3;margin:0 0 8px}
h3{font-size:15px;margin:18px 0 6px}
p{margin:0 0 10px}
.small,dt{color:var(--quiet);font-size:14px}
.amount{font-size:clamp(30px,10vw,40px);line-height:1.1;font-weight:650;letter-spacing:-.01em;margin:0}
.due{font-size:18px;margin:4px 0 14px}
.what{border-top:1px solid var(--line);padding-top:12px;margin:0}
.what p:last-child{margin:0}
button,.button{display:flex;width:100%;min-height:52px;align-items:center;justify-content:center;gap:8px;padding:8px 16px;border-radius:12px;border:1px solid var(--line);background:var(--card);color:var(--ink);font:inherit;font-weight:550;text-decoration:none;text-align:center;cursor:pointer}
button.main,.button.main{min-height:60px;font-size:18px;background:var(--accent);border-color:var(--accent);color:var(--on)}
form{margin:0 0 10px}
a:focus-visible,button:focus-visible,summary:focus-visible,textarea:focus-visible,input:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.alert{border-radius:12px;padding:12px 14px;margin:0 0 12px;background:var(--badsoft);color:var(--bad)}
.alert p{margin:0}
.note{background:var(--soft);color:var(--ink)}
.tick{width:52px;height:52px;border-radius:50%;background:var(--accent);color:var(--on);display:grid;place-items:center;margin:0 0 14px}
.wait{width:44px;height:44px;border-radius:50%;border:4px solid var(--line);border-top-color:var(--accent);animation:turn 1s linear infinite;margin:0 0 14px}
@keyframes turn{to{transform:rotate(1turn)}}
@media(prefers-reduced-motion:reduce){.wait{animation:none}}
dl{display:grid;grid-template-columns:1fr auto;gap:6px 12px;margin:10px 0 0}
dd{margin:0;text-align:right}
dl+p{margin-top:14px}
.whole{white-space:nowrap}
ul{margin:0;padding-left:20px}
li{margin:0 0 4px}
summary::after{content:"▾";margin-left:6px}
summary{min-height:44px;display:flex;align-items:center;cursor:pointer;color:var(--quiet);font-size:14px}
footer{padding-bottom:28px}
footer a:not(.button){display:flex;align-items:center;min-height:44px;color:var(--ink)}
label{display:flex;align-items:center;gap:12px;min-height:48px;cursor:pointer}
input[type=radio],input[type=checkbox]{width:22px;height:22px;min-height:0;accent-color:var(--accent);flex:none}
textarea{width:100%;min-height:96px;font:inherit;padding:10px;border-radius:10px;border:1px solid var(--quiet);background:var(--card);color:var(--ink);margin:4px 0 12px}
.demo{text-align:center}
.options{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px;margin:0 0 16px}
.options .button{font-size:15px;line-height:1.3}
.alert a{display:flex;align-items:center;min-height:44px;color:inherit}
.rows{list-style:none;padding:0;margin:0 0 10px}
.rows li{display:flex;justify-content:space-between;gap:12px;padding:10px 0;margin:0;border-top:1px solid var(--line)}
.rows li:first-child{border-top:0}
.rows label{flex:1;justify-content:space-between}
.rows label>span{flex:1}
.rows strong{white-space:nowrap}
.rows a{display:flex;align-items:center;min-height:44px;color:var(--ink);flex:1}
fieldset{border:0;padding:0;margin:0 0 12px}
legend{padding:0;font-weight:600}
.scale{display:grid;grid-template-columns:repeat(5,1fr);gap:6px;margin-top:8px}
.scale label{flex-direction:column;gap:2px;justify-content:center;border:1px solid var(--line);border-radius:10px;min-height:60px}
.ends{display:flex;justify-content:space-between;margin:4px 0 0}
select,input[type=text],input[type=tel]{width:100%;min-height:52px;font:inherit;padding:8px 12px;border-radius:10px;border:1px solid var(--quiet);background:var(--card);color:var(--ink);margin:4px 0 12px}
select:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.code{font-size:26px!important;letter-spacing:.3em}
.menu{display:flex;flex-wrap:wrap;gap:0 8px;margin:0 -8px 8px}
.menu a{display:flex;align-items:center;min-height:44px;color:var(--ink)}
.menu a[aria-current]{font-weight:650;text-decoration:none}
.docs{display:flex;flex-wrap:wrap;gap:0 20px;margin:6px 0 -8px}
.docs a{display:flex;align-items:center;min-height:44px;color:var(--ink);font-size:14px}
@media print{header nav,footer,.menu,button,.button{display:none}body{background:#fff}}
`.replace(/\n/g, '');
