import type { Phrases } from "./phrases.ts";

export const es: Phrases = {
  greeting: ["¡Hola {host}!", "Buenos días, {host}.", "Hola, ¿qué tal?"],
  hostGreeting: ["Hola {guest}:", "¡Buenos días, {guest}!", "Hola {guest}, gracias por escribirnos."],
  before: [
    {
      ask: ["¿Hay aparcamiento cerca? Venimos con dos coches.", "¿Dónde podemos dejar el coche?"],
      answer: [
        "Sí, la plaza {code} del garaje es para ustedes.",
        "En la calle es gratis a partir de las 20:00.",
      ],
    },
    {
      ask: [
        "¿Sería posible entrar antes de las {in}:00? Llegamos muy temprano.",
        "Hola, me puede decir a qué hora es la entrada",
      ],
      answer: [
        "La casa estará lista a las {in}:00, pero pueden dejar las maletas antes.",
        "Ese día no sale nadie, así que a mediodía sin problema.",
      ],
    },
    {
      ask: ["¿Tienen cuna para bebé?", "Viajamos con una niña de dos años, ¿la escalera es segura?"],
      answer: [
        "Claro que sí, se la dejamos preparada.",
        "Hay una barrera arriba y otra abajo, no se preocupe.",
      ],
    },
    {
      ask: ["¿La piscina está climatizada en octubre?", "¿A cuánto queda la playa andando?"],
      answer: ["Hasta finales de octubre, sí: 27 °C.", "A unos diez minutos, todo llano."],
    },
  ],
  during: [
    {
      ask: ["El aire acondicionado no enfría 😓 ¿puede venir alguien?", "No funciona el agua caliente."],
      answer: [
        "¡Disculpe! El técnico pasa esta tarde a las 17:00.",
        "Pruebe por favor con el interruptor gris de la cocina; si no, voy yo ahora mismo.",
      ],
    },
    {
      ask: ["¿Dónde se tira la basura?", "¿Nos puede decir otra vez la clave del wifi?"],
      answer: [
        "Los contenedores están en la esquina, el amarillo es para envases.",
        "Está en la tarjeta de la nevera.",
      ],
    },
  ],
  inquiry: [
    {
      ask: [
        "Hola, ¿está libre {listing} para esas fechas? Somos cuatro adultos.",
        "¿Hacen descuento por una semana?",
      ],
      answer: ["¡Sí, está libre! Se la puedo guardar hasta mañana.", "A partir de siete noches, un 10 %."],
    },
  ],
  arrived: {
    ask: ["¡Ya estamos dentro! Qué maravilla de piso 😍", "Hemos llegado bien, muchas gracias."],
    answer: ["¡Qué alegría! Que lo disfruten mucho.", "Perfecto, {guest}. Cualquier cosa, aquí estamos."],
  },
  after: {
    ask: [
      "Muchas gracias por todo, ha sido una estancia estupenda ⭐⭐⭐⭐⭐",
      "Hemos dejado las llaves en el buzón. ¿Ha visto unas gafas de sol?",
    ],
    answer: ["¡Gracias a ustedes! Vuelvan cuando quieran.", "Sí, aquí están. Se las mando mañana."],
  },
  thanks: ["¡Perfecto, gracias!", "Vale, muchas gracias 🙏", "Estupendo."],
  photo: ["Le mando una foto.", "Así se ve:"],
  automations: {
    booked:
      "Estimado/a {guest}:\n\n¡Gracias por reservar {listing}! Dos días antes de la llegada recibirá las instrucciones de entrada.\n\nUn saludo,\n{host}",
    checkIn:
      "Hola {guest}:\n\nYa falta poco. La entrada es a partir de las {in}:00.\n\n🔑 La caja de llaves está a la izquierda de la puerta.\n🚗 Plaza {code}\n\n¡Buen viaje!",
    midStay: "Buenos días, {guest}. ¿Va todo bien en {listing}? Si falta algo, díganos.",
    checkOut:
      "Hola {guest}:\n\nEsperamos que hayan disfrutado. La salida es mañana hasta las {out}:00. Por favor, dejen las llaves en la caja.\n\n¡Gracias!",
    review: "¡Hola {guest}! Gracias por alojarse con nosotros. Nos ayudaría mucho una reseña ✨",
  },
};
