import { expect, test } from "@jest/globals";
import countries from "i18n-iso-countries/index.js";
import { toCountryCode } from "../../src/transform/country.ts";

const NAMES: Readonly<Record<string, string>> = {
  VN: "Viet Nam|Vietnam|Việt Nam|VIETNAM|Socialist Republic of Viet Nam",
  SY: "Syria|Syrian Arab Republic|Syrie|سوريا",
  KR: "Korea|South Korea|Republic of Korea|Korea, Republic of|Korea (Republic of)|대한민국|한국|韓国",
  KP: "North Korea|Korea, Democratic People's Republic of|Democratic People’s Republic of Korea",
  GB: "England|Scotland|Wales|Northern Ireland|UK|U.K.|Great Britain|United Kingdom|Royaume-Uni|Großbritannien|Vereinigtes Königreich|the UK",
  DE: "Deutschland|Germany|Federal Republic of Germany|Bundesrepublik Deutschland|Allemagne|Alemania|Γερμανία|Германия|ドイツ|德国|DEU|de|276",
  US: "USA|U.S.A.|U.S.|United States|United States of America|The United States|America|Estados Unidos|États-Unis|Etats-Unis|美国|США|🇺🇸",
  NL: "Holland|The Netherlands|Netherlands|Nederland|Kingdom of the Netherlands|Pays-Bas",
  CZ: "Czech Republic|Czechia|Česko|Česká republika|Tschechien",
  RU: "Russia|Russian Federation|Россия|Russland",
  TR: "Turkey|Türkiye|Turkiye",
  ES: "España|Espana|Spain|Kingdom of Spain|Reino de España|Spanien",
  CH: "Switzerland|Schweiz|Suisse|Svizzera|Swiss Confederation",
  AT: "Österreich|Austria|Republic of Austria|Republik Österreich",
  IR: "Iran|Iran, Islamic Republic of|Islamic Republic of Iran|ایران",
  LA: "Laos|Lao PDR|Lao People's Democratic Republic",
  CI: "Ivory Coast|Côte d'Ivoire|Cote d’Ivoire",
  CD: "DR Congo|Democratic Republic of the Congo|Congo, Democratic Republic of the|Congo-Kinshasa",
  CG: "Republic of the Congo|Congo-Brazzaville",
  AE: "UAE|United Arab Emirates|الإمارات العربية المتحدة",
  TW: "Taiwan|Taiwan, Province of China|台灣",
  CN: "China|People's Republic of China|中国|中國",
  HK: "Hong Kong|Hong Kong SAR|香港",
  MD: "Moldova|Moldova, Republic of|Republic of Moldova",
  TZ: "Tanzania|Tanzania, United Republic of|United Republic of Tanzania",
  BO: "Bolivia|Bolivia, Plurinational State of|Plurinational State of Bolivia",
  VE: "Venezuela|Venezuela, Bolivarian Republic of",
  MK: "Macedonia|North Macedonia|Северна Македонија",
  MM: "Burma|Myanmar|Myanmar (Burma)",
  IE: "Ireland|Republic of Ireland|Éire",
  BR: "Brasil|Brazil|República Federativa do Brasil|Brésil",
  GR: "Greece|Hellas|Ελλάδα|Griechenland",
  JP: "Japan|日本|Japon",
  IL: "Israel|ישראל|State of Israel",
  IN: "India|भारत|Republic of India",
  SE: "Sverige|Sweden|Schweden|Kingdom of Sweden|Konungariket Sverige",
  NO: "Norge|Norway|Noreg",
  DK: "Danmark|Denmark",
  FI: "Suomi|Finland",
  PL: "Polska|Poland|Rzeczpospolita Polska|Polen",
  HU: "Magyarország|Hungary|Ungarn",
  HR: "Hrvatska|Croatia|Kroatien",
  TH: "Thailand|ประเทศไทย|ไทย",
  MX: "México|Mexico|Mexiko",
  XK: "Kosovo",
  PS: "Palestine|Palestine, State of",
  BS: "Bahamas|The Bahamas|Bahamas, The",
  MO: "Macau|Macao",
};

test.each(Object.entries(NAMES))("%s by its usual and official names: %s", (code, names) => {
  const given = names.split("|");
  expect(Object.fromEntries(given.map((name) => [name, toCountryCode(name)]))).toEqual(
    Object.fromEntries(given.map((name) => [name, code])),
  );
});

test("every country by its English name, its codes, and in capitals", () => {
  for (const [code, name] of Object.entries(countries.getNames("en", { select: "official" }))) {
    expect([name, toCountryCode(name)]).toEqual([name, code]);
    expect([name, toCountryCode(name.toUpperCase())]).toEqual([name, code]);
    expect(toCountryCode(code)).toBe(code);
    expect(toCountryCode(countries.alpha2ToAlpha3(code) ?? null)).toBe(code);
  }
});

test.each([
  null,
  "",
  " ",
  "Europe",
  "Atlantis",
  "ZZ",
  "ZZZ",
  "n/a",
  "-",
  "unknown",
  "Berlin",
  "000",
  "x".repeat(5_000),
  "🇿🇿",
  "constructor",
  "__proto__",
])("%j means none for certain", (given) => {
  expect(toCountryCode(given)).toBeNull();
});
