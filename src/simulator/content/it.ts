import type { Phrases } from "./phrases.ts";

export const it: Phrases = {
  greeting: ["Ciao {host}!", "Buongiorno {host},", "Salve,"],
  hostGreeting: ["Ciao {guest},", "Buongiorno {guest},", "Ciao {guest}, grazie del messaggio."],
  before: [
    {
      ask: ["c'è un parcheggio vicino alla casa?", "dove possiamo lasciare la macchina?"],
      answer: ["Sì, il posto {code} nel cortile è vostro.", "Dopo le 20 in strada è gratuito."],
    },
    {
      ask: [
        "sarebbe possibile entrare prima delle {in}:00?",
        "arriviamo tardi, verso mezzanotte: è un problema?",
      ],
      answer: [
        "Le valigie si possono lasciare già dalle 11.",
        "Nessun problema, c'è la cassetta delle chiavi.",
      ],
    },
    {
      ask: ["avete un lettino per bambini?", "possiamo portare il cane? È piccolino 🐶"],
      answer: ["Certo, lo trovate già pronto.", "Volentieri!"],
    },
  ],
  during: [
    {
      ask: ["non c'è acqua calda, potete aiutarci?", "il wifi non funziona più da ieri sera"],
      answer: [
        "Mi dispiace! Il tecnico passa alle 15.",
        "Provi a spegnere e riaccendere il router nell'ingresso.",
      ],
    },
    {
      ask: ["dove si butta la spazzatura?", "ci sono altri asciugamani?"],
      answer: [
        "I bidoni sono nel cortile: giallo per la plastica.",
        "Nell'armadio del corridoio, prendete pure.",
      ],
    },
  ],
  inquiry: [
    {
      ask: ["{listing} è ancora libero in quelle date? Siamo in sei.", "fate uno sconto per una settimana?"],
      answer: ["Sì, è libero! Lo tengo fino a domani.", "Da sette notti in su il 10 %."],
    },
  ],
  arrived: {
    ask: ["siamo arrivati, è bellissimo! 😍", "tutto perfetto, grazie mille"],
    answer: ["Che bello! Buon soggiorno.", "Benvenuti! In frigo c'è qualcosa per voi 🍷"],
  },
  after: {
    ask: [
      "grazie di tutto, torneremo sicuramente ⭐⭐⭐⭐⭐",
      "abbiamo lasciato le chiavi nella cassetta. Avete trovato un caricabatterie?",
    ],
    answer: ["Grazie a voi, a presto!", "Trovato! Lo spedisco domani."],
  },
  thanks: ["Perfetto, grazie!", "Va bene 👍", "Grazie mille, a presto"],
  photo: ["Ecco una foto.", "Guardi, è così:"],
  automations: {
    booked:
      "Gentile {guest},\n\ngrazie per aver prenotato {listing}! Due giorni prima dell'arrivo riceverà le istruzioni.\n\nCordiali saluti,\n{host}",
    checkIn:
      "Ciao {guest},\n\nci siamo quasi! Il check-in è dalle {in}:00.\n\n🔑 La cassetta delle chiavi è a sinistra della porta.\n🚗 Posto {code}\n\nBuon viaggio!",
    midStay: "Buongiorno {guest}, va tutto bene a {listing}? Se manca qualcosa, ci scriva.",
    checkOut:
      "Ciao {guest},\n\nil check-out è domani entro le {out}:00. Per favore chiudete le finestre e lasciate le chiavi nella cassetta.\n\nGrazie!",
    review: "Ciao {guest}! Grazie del soggiorno. Una recensione ci aiuterebbe molto ✨",
  },
};
