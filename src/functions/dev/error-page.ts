/** Shown over the pages of the old code while the new one does not build or start. */
export function errorBanner(message: string): string {
  return (
    `\n<div id="kinetic-dev" style="position:fixed;inset:auto 0 0 0;max-height:60vh;overflow:auto;z-index:2147483647;` +
    `margin:0;padding:1rem 1.5rem;background:#1b1b1f;color:#ffb4ab;font:14px/1.5 ui-monospace,monospace;border-top:3px solid #ba1a1a">` +
    `<strong style="color:#fff">This page is from before the last change, which does not run:</strong>` +
    `<pre style="margin:.5rem 0 0;white-space:pre-wrap;color:inherit">${escapeHtml(message)}</pre></div>\n`
  );
}

/** The whole page, when there is no old code that could answer. */
export function errorPage(message: string): string {
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The function does not run</title></head>` +
    `<body style="margin:0;padding:2rem;background:#1b1b1f;color:#ffb4ab;font:14px/1.5 ui-monospace,monospace">` +
    `<h1 style="color:#fff;font-size:1.2rem">The function does not run</h1><pre style="white-space:pre-wrap">${escapeHtml(message)}</pre>` +
    `<p style="color:#ccc">Save a change and load this page again.</p></body></html>\n`
  );
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
