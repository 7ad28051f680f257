import { createRequire } from "node:module";
import countries from "i18n-iso-countries/index.js";

// The package's main entry would load the names of all countries in eighty languages.
countries.registerLocale(createRequire(import.meta.url)("i18n-iso-countries/langs/en.json"));

/** A longer text is no name of a country. */
const LONGEST_COUNTRY = 100;
/** Accounts know a few hundred spellings at most; a faulty source must not fill the memory. */
const MOST_REMEMBERED = 2_000;

const remembered = new Map<string, string | null>();

/**
 * The ISO 3166-1 alpha-2 code of a country that is written as a code, as in Hostaway, or by one of its usual
 * or official names, in English, its own or another large language. Null where the meaning is not certain.
 */
export function toCountryCode(text: string | null): string | null {
  const given = text?.trim() ?? "";
  if (given === "" || given.length > LONGEST_COUNTRY) return null;
  let code = remembered.get(given);
  if (code === undefined) {
    code = findCountry(given);
    if (remembered.size < MOST_REMEMBERED) remembered.set(given, code);
  }
  return code;
}

/** Whether a code is one of ISO 3166-1. */
export function isCountryCode(code: string | undefined): code is string {
  return code !== undefined && /^[A-Z]{2}$/.test(code) && countries.isValid(code);
}

function findCountry(given: string): string | null {
  const code = given.toUpperCase().replaceAll(".", "");
  if (/^(?:[A-Z]{2,3}|\d{3})$/.test(code) && countries.isValid(code)) return countries.toAlpha2(code) ?? null;
  const exact = countryOfFlag(given) ?? countries.getAlpha2Code(given, "en");
  if (exact) return exact;
  for (const name of countrySpellings(given)) {
    const found = COMMON_NAMES.get(name) ?? countries.getAlpha2Code(name, "en") ?? countryNamed(name);
    if (found) return found;
  }
  return null;
}

const REGIONAL_INDICATOR_A = 0x1f1e6;

/** The two letters of a flag emoji. */
function countryOfFlag(given: string): string | null {
  const letters = [...given].map((one) => (one.codePointAt(0) ?? 0) - REGIONAL_INDICATOR_A);
  if (letters.length !== 2 || letters.some((letter) => letter < 0 || letter > 25)) return null;
  const code = String.fromCharCode(...letters.map((letter) => 65 + letter));
  return isCountryCode(code) ? code : null;
}

/**
 * "Korea, Republic of", "The Netherlands", "Kingdom of Spain": the name as given, turned round, and without
 * its form of state.
 */
function countrySpellings(given: string): string[] {
  const [first = "", ...rest] = given.split(/,\s*/);
  const turned = rest.length === 1 ? `${rest[0]} ${first}` : given;
  const spellings = [given, turned, turned.replace(/\s*\([^)]*\)\s*/g, " ")].map(nameKey);
  return [...new Set(spellings.flatMap((name) => [name, withoutForm(name)]))].filter((name) => name !== "");
}

/** Lower case, without accents, points and hyphens. */
function nameKey(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .normalize("NFC")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replace(/[’'`.]/g, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .replace(/^the /, "")
    .trim();
}

const FORM_OF_STATE =
  /^(?:(?:federal|federated|federative|democratic|socialist|peoples?|islamic|arab|hashemite|united|plurinational|bolivarian|co operative|oriental|independent|federale?|democratique|popular|federativa|plurinacional|bolivariana)\s+)*(?:republic|kingdom|state|states|commonwealth|principality|grand duchy|sultanate|union|republique|royaume|principaute|republica|reino|estados|repubblica|regno|republik|bundesrepublik|konigreich|koninkrijk|koningriket|kongeriket|kongeriget|konungariket|rzeczpospolita)\s+(?:federativa\s+|federal\s+|popular\s+|francaise\s+)?(?:of\s+|de\s+|do\s+|da\s+|des\s+|du\s+|del\s+|della\s+|di\s+|der\s+)?(?:the\s+|la\s+|el\s+)?/;

function withoutForm(name: string): string {
  return name.replace(FORM_OF_STATE, "").replace(/ (?:republik|republic|federation|republika)$/, "");
}

/**
 * Names that neither ISO's list nor Unicode's has: parts of a country, short forms, old names, and ambiguous
 * names.
 */
const COMMON_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    GB: "uk|great britain|britain|england|scotland|wales|northern ireland|united kingdom of great britain and northern ireland|united kingdom of great britain|inglaterra|angleterre|grossbritannien|grosbritannien|gran bretagna|gran bretana|grande bretagne|gra bretanha|schottland|ecosse|escocia|scozia|cymru",
    US: "united states of america|us of a|america|estados unidos de america|etats unis damerique|vereinigte staaten von amerika|stati uniti damerica|eeuu|ee uu|eua|сша",
    KR: "korea|republic of korea|rok|hanguk",
    KP: "democratic peoples republic of korea|dprk",
    NL: "holland|hollande|holanda|olanda|nederland",
    CZ: "czech republic|bohemia",
    CI: "ivory coast",
    MM: "burma",
    SZ: "swaziland",
    CV: "cape verde",
    MK: "macedonia|fyrom|former yugoslav republic of macedonia",
    TL: "east timor",
    VA: "vatican|holy see",
    AE: "uae|emirates",
    CD: "democratic republic of congo|democratic republic of the congo|dr congo|drc|congo kinshasa|zaire",
    CG: "republic of the congo|republic of congo|congo brazzaville",
    TW: "republic of china|taiwan province of china|taiwan roc",
    CN: "prc|mainland china|peoples republic of china",
    SY: "syria|syrian arab republic",
    LA: "laos|lao pdr|lao peoples democratic republic",
    RU: "russia|russian federation",
    IR: "persia",
    TR: "turkey|turkiye",
    PS: "palestine|state of palestine|palestinian territories|west bank|gaza",
    BA: "bosnia",
    HK: "hong kong|hong kong sar|hong kong sar china",
    MO: "macau|macao",
    BN: "brunei",
    FM: "micronesia",
    MD: "moldova",
    BO: "bolivia",
    VE: "venezuela",
    TZ: "tanzania",
    VN: "viet nam|vietnam",
    LK: "ceylon",
    KH: "cambodia|kampuchea",
    GM: "gambia",
    BS: "bahamas",
    IE: "republic of ireland|eire",
    SM: "san marino",
    WS: "western samoa",
    XK: "kosovo",
    DE: "germany|deutschland|brd",
    CH: "swiss|helvetia|confoederatio helvetica|swiss confederation|schweizerische eidgenossenschaft",
    ES: "espana|spain|canary islands|islas canarias|mallorca",
    PT: "madeira|azores",
    GR: "hellas|hellenic republic|ellada",
    ZA: "rsa",
    TH: "siam|ประเทศไทย",
    BR: "brasil",
    NZ: "aotearoa",
    SA: "ksa|kingdom of saudi arabia",
    SX: "sint maarten",
    KN: "st kitts and nevis|st kitts",
    LC: "st lucia",
    VC: "st vincent|st vincent and the grenadines",
    TT: "trinidad|tobago",
    AG: "antigua",
    PF: "tahiti",
  }).flatMap(([code, names]) => names.split("|").map((name) => [nameKey(name), code] as const)),
);

/** The languages of countries and of most travellers; a language that Node's ICU lacks is skipped. */
const NAME_LANGUAGES =
  "en de fr es it pt nl da sv nb fi is pl cs sk sl hr sr bs mk bg ro hu el ru uk be lt lv et sq tr az ka hy he ar fa ps ku ur hi bn ta te ml kn mr gu pa si ne th lo km my vi id ms fil zh zh-Hant ja ko mn kk ky uz tg tk ca eu gl ga cy mt lb fo sw am so af zu mi sm to".split(
    " ",
  );

let countriesByName: ReadonlyMap<string, string | null> | null = null;

function countryNamed(name: string): string | null {
  countriesByName ??= readNames();
  return countriesByName.get(name) ?? null;
}

/**
 * Unicode's names of all countries, built at the first lookup in about 40 ms. Null where one name means two
 * countries.
 */
function readNames(): ReadonlyMap<string, string | null> {
  const found = new Map<string, string | null>();
  const codes = Object.keys(countries.getAlpha2Codes());
  const add = (name: string, code: string) => {
    const held = found.get(name);
    if (name !== "" && held !== code) found.set(name, held === undefined ? code : null);
  };
  for (const language of NAME_LANGUAGES) {
    for (const style of ["long", "short"] as const) {
      const display = new Intl.DisplayNames(language, { type: "region", style, fallback: "none" });
      if (!display.resolvedOptions().locale.startsWith(language.slice(0, 2))) continue;
      for (const code of codes) {
        for (const part of (display.of(code) ?? "").split(/[()]/)) add(nameKey(part), code);
      }
    }
  }
  return found;
}
