import { expect, test } from "@jest/globals";
import { toContent } from "../../src/transform/content.ts";

test.each([
  "hello\n\n  guest ",
  "a < b and b > c",
  "I <3 this place",
  "write to <jane@example.com> & co",
  "AT&T, fish & chips, &c.",
  "<Name> will meet you",
  "👩‍👩‍👧‍👦\tЗдравствуйте\r\nこんにちは",
  "",
])("the plain text %j stays as it is", (body) => {
  expect(toContent(body)).toEqual({ text: body, html: null });
});

test.each([
  ["<p>hello&nbsp;</p>", "hello"],
  ["<p>Dear Ana,&nbsp;</p><p>one<br>two</p>", "Dear Ana,\n\none\ntwo"],
  ["<div>fish &amp; chips &lt;3</div>", "fish & chips <3"],
  ["<ul><li>keys</li><li>towels</li></ul>", "- keys\n- towels"],
  ['see <a href="https://example.com/a">the map</a>', "see the map (https://example.com/a)"],
  ['<a href="https://example.com/a">https://example.com/a</a>', "https://example.com/a"],
  ["<h1>Welcome</h1>in", "Welcome\n\nin"],
  ["<style>p{color:red}</style><p>text</p><script>alert(1)</script>", "text"],
  ['<p>look <img src="x.png" alt="a picture"></p>', "look"],
  ["<p>never <b>closed", "never closed"],
  ["<P CLASS='x'>upper case</P>", "upper case"],
])("the HTML %j reads %j, and is kept", (body, text) => {
  expect(toContent(body)).toEqual({ text, html: body });
});

test("no body is an empty text", () => {
  expect(toContent(null)).toEqual({ text: "", html: null });
});

test("a megabyte of HTML is converted whole", () => {
  const { text } = toContent(`<p>${"word ".repeat(200_000)}</p>`);

  expect(text).toHaveLength(999_999);
});
