import type { Phrases } from "./phrases.ts";

export const fr: Phrases = {
  greeting: ["Bonjour {host},", "Bonjour,", "Bonsoir {host},"],
  hostGreeting: ["Bonjour {guest},", "Bonsoir {guest},", "Bonjour {guest}, merci de votre message."],
  before: [
    {
      ask: ["y a-t-il un parking à proximité ?", "où peut-on garer la voiture ?"],
      answer: [
        "Oui, la place n° {code} dans la cour est à vous.",
        "Le stationnement est gratuit dans la rue après 19 h.",
      ],
    },
    {
      ask: [
        "serait-il possible d'arriver avant {in} h ? Notre vol atterrit à 9 h 15.",
        "à quelle heure peut-on entrer ?",
      ],
      answer: [
        "L'appartement sera prêt à {in} h, mais vous pouvez déposer vos bagages dès 11 h.",
        "Personne ne part ce jour-là, donc midi convient.",
      ],
    },
    {
      ask: ["avez-vous un lit bébé ? Notre fils a huit mois.", "les animaux sont-ils acceptés ?"],
      answer: ["Bien sûr, il sera prêt à votre arrivée.", "Les petits chiens sont les bienvenus 🐾"],
    },
    {
      ask: ["le wifi est-il assez rapide pour travailler ?", "la piscine est-elle chauffée ?"],
      answer: ["Oui, c'est la fibre. Le mot de passe est sur le frigo.", "De mai à septembre, oui : 27 °C."],
    },
  ],
  during: [
    {
      ask: ["il n'y a plus d'eau chaude ce matin…", "le chauffage ne marche pas, pouvez-vous passer ?"],
      answer: [
        "Désolée ! Le plombier passe à 15 h.",
        "Appuyez trois secondes sur le bouton +, le mode éco s'arrête.",
      ],
    },
    {
      ask: ["où sont les poubelles ?", "les voisins font beaucoup de bruit 😴"],
      answer: [
        "Dans la cour : jaune pour les emballages.",
        "Je les appelle tout de suite, toutes mes excuses.",
      ],
    },
  ],
  inquiry: [
    {
      ask: [
        "{listing} est-il encore libre à ces dates ? Nous sommes deux familles.",
        "faites-vous une remise pour dix nuits ?",
      ],
      answer: ["Oui, c'est encore libre. Je vous le garde jusqu'à demain.", "À partir de sept nuits, 10 %."],
    },
  ],
  arrived: {
    ask: ["nous sommes bien arrivés, c'est magnifique ! 😍", "la clé était dans la boîte, tout va bien."],
    answer: ["Très bon séjour !", "Parfait, n'hésitez pas si besoin."],
  },
  after: {
    ask: [
      "merci pour tout, un séjour inoubliable ⭐⭐⭐⭐⭐",
      "je crois que nous avons oublié un chargeur, pouvez-vous vérifier ?",
    ],
    answer: ["Merci à vous, à bientôt !", "Je l'ai trouvé, je vous l'envoie demain."],
  },
  thanks: ["Parfait, merci !", "Merci beaucoup 🙏", "C'est noté."],
  photo: ["Voici une photo.", "Voilà à quoi ça ressemble :"],
  automations: {
    booked:
      "Bonjour {guest},\n\nMerci d'avoir réservé {listing} ! Vous recevrez les instructions d'arrivée deux jours avant.\n\nBien à vous,\n{host}",
    checkIn:
      "Bonjour {guest},\n\nVotre séjour approche ! L'arrivée se fait à partir de {in} h.\n\n🔑 La boîte à clés est à gauche de la porte.\n🚗 Place n° {code}\n\nBon voyage !",
    midStay: "Bonjour {guest}, tout se passe bien à {listing} ? Dites-nous s'il manque quelque chose.",
    checkOut:
      "Bonjour {guest},\n\nLe départ est demain avant {out} h. Merci de fermer les fenêtres et de laisser les clés dans la boîte.\n\nÀ bientôt !",
    review: "Bonjour {guest} ! Merci de votre visite. Un petit avis nous aiderait beaucoup ✨",
  },
};
