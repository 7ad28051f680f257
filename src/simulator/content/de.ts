import type { Phrases } from "./phrases.ts";

export const de: Phrases = {
  greeting: ["Hallo {host},", "Guten Tag {host},", "Liebe/r {host},", "Moin!"],
  hostGreeting: ["Hallo {guest},", "Guten Tag {guest},", "Liebe/r {guest}, danke für Ihre Nachricht."],
  before: [
    {
      ask: ["gibt es einen Parkplatz in der Nähe? Wir kommen mit dem Wohnmobil.", "wo können wir parken?"],
      answer: [
        "Stellplatz {code} im Hof gehört Ihnen, er ist 6 m lang.",
        "An der Straße ist es ab 18 Uhr kostenlos.",
      ],
    },
    {
      ask: [
        "wäre ein früher Check-in möglich? Unser Zug kommt schon um 10:20 an.",
        "ab wann können wir in die Wohnung?",
      ],
      answer: [
        "Vor {in}:00 Uhr kann ich es leider nicht versprechen, das Gepäck können Sie aber abstellen.",
        "An dem Tag reist niemand ab, 12 Uhr passt.",
      ],
    },
    {
      ask: ["ist das WLAN stabil genug für Videokonferenzen?", "gibt es einen Schreibtisch?"],
      answer: [
        "Ja, Glasfaser mit 250 Mbit/s. Größere Störungen gab es noch nie.",
        "Im Schlafzimmer steht einer, mit Blick in den Garten.",
      ],
    },
    {
      ask: [
        "dürfen wir unseren Hund mitbringen? Er heißt Fips und ist sehr lieb 🐕",
        "sind Haustiere erlaubt?",
      ],
      answer: ["Fips ist herzlich willkommen!", "Gerne, für die Endreinigung kommen 30 € dazu."],
    },
  ],
  during: [
    {
      ask: [
        "die Heizung wird nicht warm. Können Sie bitte jemanden schicken?",
        "das warme Wasser ist ausgefallen 😕",
      ],
      answer: [
        "Oh, das tut mir leid! Bitte den Schalter am Kessel einmal aus- und wieder einschalten.",
        "Der Handwerker kommt heute um 15 Uhr.",
      ],
    },
    {
      ask: ["wohin kommt der Müll?", "wo finden wir weitere Handtücher?"],
      answer: [
        "Die Tonnen stehen im Hof: blau für Papier, gelb für Verpackungen.",
        "Im Schrank im Flur, bedienen Sie sich.",
      ],
    },
  ],
  inquiry: [
    {
      ask: [
        "ist {listing} in diesem Zeitraum noch frei? Wir sind zwei Erwachsene und drei Kinder.",
        "gibt es bei zwei Wochen einen Rabatt?",
      ],
      answer: [
        "Ja, noch ist alles frei. Ich halte es bis morgen Abend für Sie zurück.",
        "Ab sieben Nächten sind es 10 %.",
      ],
    },
  ],
  arrived: {
    ask: [
      "wir sind gut angekommen, es ist traumhaft schön hier! 🏔️",
      "der Schlüssel war im Kästchen, alles bestens.",
    ],
    answer: [
      "Das freut mich! Einen schönen Aufenthalt.",
      "Wunderbar. Im Kühlschrank steht eine kleine Überraschung.",
    ],
  },
  after: {
    ask: [
      "vielen Dank für alles, wir haben uns sehr wohl gefühlt ⭐⭐⭐⭐⭐",
      "wir glauben, wir haben ein Ladekabel vergessen. Können Sie bitte nachsehen?",
    ],
    answer: ["Sehr gerne, bis zum nächsten Mal!", "Gefunden! Ich schicke es Ihnen morgen zu."],
  },
  thanks: ["Super, danke!", "Alles klar 👍", "Vielen Dank und bis bald"],
  photo: ["Anbei ein Foto.", "So sieht es aus:"],
  automations: {
    booked:
      "Liebe/r {guest},\n\nvielen Dank für Ihre Buchung von {listing}! Zwei Tage vor der Anreise erhalten Sie die Anreise-Informationen.\n\nHerzliche Grüße\n{host}",
    checkIn:
      "Hallo {guest},\n\nbald ist es so weit! Check-in ist ab {in}:00 Uhr.\n\n🔑 Der Schlüsselkasten hängt links neben der Tür.\n🚗 Stellplatz {code}\n\nGute Reise!",
    midStay:
      "Guten Morgen {guest}, ist in {listing} alles in Ordnung? Melden Sie sich gerne, wenn etwas fehlt.",
    checkOut:
      "Liebe/r {guest},\n\ndie Abreise ist morgen bis {out}:00 Uhr. Bitte schließen Sie die Fenster und werfen Sie den Schlüssel in den Kasten.\n\nDanke!",
    review: "Hallo {guest}! Danke für Ihren Besuch. Über eine Bewertung würden wir uns sehr freuen ✨",
  },
};
