import { expect, test } from "vitest";
import { confineDocument } from "./confine-document.ts";

/** What an HTML parser reads as the beginnings of tags, wherever they stand. */
function listTags(html: string): readonly string[] {
  return [...html.matchAll(/<([a-z][^\s/>]*)/gi)].map(([, name = ""]) => name.toLowerCase());
}

const OWN = ["meta", "meta", "base"];

test("confineDocument() begins with a policy under which nothing is fetched", () => {
  const text = confineDocument("<!doctype html><h1>Hello</h1>");
  expect(text).toMatch(
    /^<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src 'none'; /,
  );
  expect(text.endsWith("<!doctype html><h1>Hello</h1>")).toBe(true);
});

test.each([
  ["<link rel=preconnect href=http://x>", ["param"]],
  ["<LINK\nrel=dns-prefetch href=http://x>", ["param"]],
  ["<link/rel=preconnect/href=http://x>", ["param"]],
  ["<template shadowrootmode=open><link rel=preconnect></template>", ["template", "param"]],
  ['<iframe srcdoc="&lt;link rel=preconnect&gt;"></iframe>', ["param"]],
  ["<frameset><frame src=http://x></frameset>", ["frameset", "param"]],
  ["<meta http-equiv=refresh content='0;url=http://x'>", ["param"]],
  ["<base target=_top>", ["param"]],
  ["<svg><a><set attributeName=href to=http://x><animate/>", ["svg", "a", "param", "param"]],
  ["<svg><style><!--</style><link rel=preconnect>-->", ["svg", "style", "param"]],
])("confineDocument() leaves no element of %j that the sandbox overlooks", (html, tags) => {
  expect(listTags(confineDocument(html))).toEqual([...OWN, ...tags]);
});

test("confineDocument() leaves links to places within the document alone", () => {
  const there =
    "<a href=#a><a href='#b'><a HREF=\"#c\"><svg><use xlink:href=#d><image href='data:image/png,'>";
  expect(confineDocument(there).endsWith(there)).toBe(true);
  const away = '<a href=x><a HREF\n= \'/\'><area href="javascript:0"><svg><a xlink:href="\'#x">';
  expect(confineDocument(away)).not.toMatch(/<(?!base)[^>]*href\s*=/i);
});

test("confineDocument() leaves all else as it is", () => {
  const html = "<p>&lt;link> < link <links> <metadata> a<b</p><basefont>";
  expect(confineDocument(html).endsWith(html)).toBe(true);
});
