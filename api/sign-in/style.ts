import { createHash } from 'node:crypto'

/** Contrast of text is 4.5 to 1 and more, of edges and the focus 3 to 1 and more, on light and on dark (WCAG 2.2 AA). */
export const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --quiet: #57606a; --paper: #f6f7f9; --card: #ffffff; --edge: #868f99;
  --accent: #0b57b0; --on-accent: #ffffff; --alert: #a4122a; --alert-paper: #fdeef0; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaed; --quiet: #a9b1ba; --paper: #14171a; --card: #1e2226; --edge: #7b848e;
    --accent: #8ab8ff; --on-accent: #10131a; --alert: #ffb3bd; --alert-paper: #3a1a20; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem 1rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 26rem; padding: 2rem; background: var(--card); border: 1px solid var(--edge); border-radius: 0.75rem; }
h1 { margin: 0 0 1rem; font-size: 1.375rem; line-height: 1.25; }
h2 { margin: 1.5rem 0 0.5rem; font-size: 1rem; }
p { margin: 0 0 1rem; }
p, dd, .button { overflow-wrap: anywhere; }
.quiet { color: var(--quiet); font-size: 0.875rem; margin: 1.5rem 0 0; }
.alert { padding: 0.75rem 1rem; border-left: 0.25rem solid var(--alert); background: var(--alert-paper); color: var(--alert); }
dl { margin: 0 0 1.5rem; }
dt { color: var(--quiet); font-size: 0.875rem; } dd { margin: 0 0 0.75rem; }
label { display: block; margin: 0 0 0.25rem; font-weight: 600; }
input { display: block; width: 100%; margin: 0 0 1rem; padding: 0.625rem 0.75rem; font: inherit; color: inherit; background: var(--card);
  border: 1px solid var(--edge); border-radius: 0.375rem; }
.button { display: block; width: 100%; margin: 0 0 0.75rem; padding: 0.625rem 1rem; font: inherit; font-weight: 600; text-align: center;
  text-decoration: none; cursor: pointer; color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: 0.375rem; }
.button.plain { color: var(--accent); background: var(--card); }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`

/** Names the style in the Content-Security-Policy, so that no other one is applied. */
export const styleHash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`
