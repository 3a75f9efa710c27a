/**
 * A document that a program has written, as the text of a frame that reaches nothing.
 *
 * The frame (`document-panel.tsx`) has the empty `sandbox`: an origin of its own that is never ours, no script, form, popup,
 * download, refresh, nor way to another window. The policy below forbids requests, and the page's own (`index.html`) that the
 * frame loads anything else. Four things are left, which are taken out of the text: browsers connect to the hosts of
 * `<link rel=preconnect>` and look up those of `<link rel=dns-prefetch>`; a nested frame's `srcdoc` is markup of its own;
 * Chromium connects to the host of a `<frame>` before it asks any policy, and so it does for a link that is clicked, or opens
 * that in a tab with Ctrl. Animations of SVG can give a link its address later, so they are taken out as well.
 *
 * Scripts would need a policy that lets them run; they could then call servers by WebRTC, which no policy forbids, and keep
 * the page busy for ever.
 */

/** Before all else: what a document says later can only narrow it. */
const HEAD = [
  "<!doctype html>",
  `<meta http-equiv="Content-Security-Policy" content="${[
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    "img-src data:",
    "form-action 'none'",
  ].join("; ")}">`,
  // Else a document can have the hosts that it names looked up.
  '<meta http-equiv="x-dns-prefetch-control" content="off">',
  // Else fragments would lead to our page's address.
  '<base href="about:srcdoc">',
].join("");

/*
 * Where an HTML parser could begin one of these elements, or the attribute `href` with more than a fragment or a picture. It
 * reads a tag's name from the letters after `<` alone, and an attribute's from those before `=`, whatever is around them. More
 * than that is matched, such as text within a comment, where it does no harm.
 */
const ELEMENT = /<(?=(?:animate|base|i?frame|link|meta|set)[\s/>])/gi;
const HREF = /href(?=\s*=(?!["']?(?:#|data:image\/)))/gi;

/** The value of `srcdoc`. */
export function confineDocument(html: string): string {
  const confined = html
    // An element without content or effect, so that what follows stays where it is.
    .replaceAll(ELEMENT, "<param data-was-")
    // Another attribute, which looks the same where it is text.
    .replaceAll(HREF, "$&\u200B");
  return HEAD + confined;
}
