/** HTML's own elements (WHATWG HTML, "Index of elements", with the obsolete ones that mails still use). */

const elements = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Elements that begin on a line of their own. */
export const BLOCKS = elements(`
  address article aside blockquote body caption center colgroup dd details dialog dir div dl dt fieldset figcaption
  figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li listing main menu multicol nav
  noframes ol option optgroup p plaintext pre search section summary table tbody tfoot thead tr ul xmp
`);

/** Blocks with an empty line around them. */
export const SPACED = elements("blockquote dl figure h1 h2 h3 h4 h5 h6 ol p pre table ul menu dir");

/** Elements whose content a browser does not show. */
export const HIDDEN = elements(`
  applet audio canvas datalist embed iframe math noembed noframes noscript object script select style svg template
  textarea title video
`);

/** Elements whose content is raw text, hidden even if the element never ends. */
export const RAW = elements("script style textarea title");

/** Elements without a closing tag. */
export const VOID = elements(
  "area base basefont bgsound br col embed frame hr image img input isindex keygen link meta nextid param source spacer track wbr",
);

/** Elements within a line. */
const INLINE = elements(`
  a abbr acronym b bdi bdo big blink button cite code data del dfn em font i ins kbd label map mark marquee menuitem
  meter nobr output picture progress q rb rp rt rtc ruby s samp selectedcontent slot small span strike strong sub sup td
  th time tt u var
`);

/** Names that are no words of a text: "<title> <name>" may be placeholders, "<div>" is not. */
export const UNMISTAKABLE = elements(`
  blockquote br col colgroup dd div dl dt h1 h2 h3 h4 h5 h6 hr html iframe img li noscript ol p tbody td tfoot th thead
  tr ul wbr
`);

/**
 * Names that are words as well, but a sign of HTML where the tag stands alone, without an end: a message may
 * be cut short.
 */
const KNOWN_ALONE = elements("body center pre script style table");

export function isElement(name: string): boolean {
  return BLOCKS.has(name) || HIDDEN.has(name) || VOID.has(name) || INLINE.has(name);
}

/** Whether one such tag, never closed, is a sign of HTML. */
export function isKnownAlone(name: string): boolean {
  return UNMISTAKABLE.has(name) || KNOWN_ALONE.has(name);
}

/** Whether an element ends a line; in a text without such elements the line breaks are the writer's own. */
export function breaksLines(name: string): boolean {
  return BLOCKS.has(name) || name === "br" || name === "td" || name === "th";
}

/** Attributes that may stand without a value. */
export const BOOLEAN_ATTRIBUTES = elements(`
  allowfullscreen alt async autofocus autoplay border checked compact controls declare default defer disabled download hidden href
  inert ismap itemscope loop multiple muted nohref noresize noshade novalidate nowrap open readonly required reversed selected
`);
