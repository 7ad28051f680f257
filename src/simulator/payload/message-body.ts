import type { MessageFacts } from "../facts.ts";

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** The three ways mail programs and the dashboard write the same paragraphs. */
const STYLES = [
  { gap: "", newline: "<br>", end: "&nbsp;" },
  { gap: "\n", newline: "<br/>", end: "" },
  { gap: "\r\n", newline: "<br />", end: " " },
] as const;

/** `body`: the text, or the HTML that shows it. */
export function bodyOf(message: MessageFacts): string {
  if (message.markup === "plain") return message.text;
  const style = STYLES[message.id % STYLES.length] ?? STYLES[0];
  return message.text
    .split("\n\n")
    .map((paragraph) => `<p>${toHtmlText(paragraph).replaceAll("\n", style.newline)}${style.end}</p>`)
    .join(style.gap);
}

/** Every fourth space becomes a non-breaking one, as in the output of editors. */
function toHtmlText(text: string): string {
  let spaces = 0;
  return text
    .replace(/[&<>"']/g, (character) => HTML_ENTITIES[character] ?? character)
    .replace(/ /g, () => (++spaces % 4 === 0 ? "&nbsp;" : " "));
}
