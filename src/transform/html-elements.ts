/** HTML's own elements (WHATWG HTML, "Index of elements", with the obsolete ones that mails still use). */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Elements that begin on a line of their own. */
export const BLOCKS = words(`
  address article aside blockquote body caption center colgroup dd details dialog dir div dl dt fieldset figcaption
  figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main menu nav noframes ol option
  optgroup p pre search section summary table tbody tfoot thead tr ul
`);

/** Blocks with an empty line around them. */
export const SPACED = words("blockquote dl figure h1 h2 h3 h4 h5 h6 ol p pre table ul menu dir");

/** What a reader does not see, whatever is inside. */
export const HIDDEN = words(`
  applet audio canvas datalist embed head iframe math noembed noframes noscript object script select style svg template
  textarea title video
`);

/** Elements without an end. */
export const VOID = words(
  "area base basefont bgsound br col embed frame hr img input link meta param source track wbr",
);

/** Elements within a line. */
const INLINE = words(`
  a abbr acronym b bdi bdo big blink button cite code data del dfn em font i ins kbd label map mark marquee meter
  nobr output picture progress q rp rt ruby s samp slot small span strike strong sub sup td th time tt u var
`);

export function isElement(name: string): boolean {
  return BLOCKS.has(name) || HIDDEN.has(name) || VOID.has(name) || INLINE.has(name);
}

/** Whether an element changes how words look and not where they stand. */
export function isInline(name: string): boolean {
  return INLINE.has(name) && name !== "td" && name !== "th";
}

/** Attributes that may stand without a value. */
export const BOOLEAN_ATTRIBUTES = words(`
  allowfullscreen async autofocus autoplay checked compact controls declare default defer disabled download hidden
  inert ismap loop multiple muted nohref noresize noshade novalidate nowrap open readonly required reversed selected
`);
