import type { Phrases } from "./phrases.ts";

export const pt: Phrases = {
  greeting: ["Olá {host}!", "Bom dia, {host}.", "Boa tarde,"],
  hostGreeting: ["Olá {guest},", "Bom dia, {guest}!", "Olá {guest}, obrigado pela mensagem."],
  before: [
    {
      ask: ["há estacionamento perto?", "onde podemos deixar o carro?"],
      answer: ["Sim, o lugar {code} da garagem é vosso.", "Na rua é grátis depois das 20h."],
    },
    {
      ask: ["seria possível entrar antes das {in}h? Chegamos de manhã cedo.", "a que horas é o check-in?"],
      answer: ["Podem deixar as malas a partir das 11h.", "Nesse dia ninguém sai, ao meio-dia está ótimo."],
    },
    {
      ask: ["a praia fica longe?", "aceitam animais? Temos um cãozinho 🐕"],
      answer: ["Sete minutos a pé.", "Claro, é muito bem-vindo."],
    },
  ],
  during: [
    {
      ask: ["não temos água quente hoje…", "o ar condicionado faz muito barulho"],
      answer: ["Peço desculpa! O técnico passa às 15h.", "Vou já aí ver."],
    },
    {
      ask: ["onde fica o lixo?", "qual é a palavra-passe do wifi?"],
      answer: ["Os contentores estão na esquina.", "Está no cartão do frigorífico."],
    },
  ],
  inquiry: [
    {
      ask: [
        "{listing} está livre nessas datas? Somos três adultos e um bebé.",
        "fazem desconto para duas semanas?",
      ],
      answer: ["Está livre, sim! Posso reservar até amanhã.", "A partir de sete noites, 10 %."],
    },
  ],
  arrived: {
    ask: ["já chegámos, é lindo! 😍", "correu tudo bem com a chave, obrigada"],
    answer: ["Que bom! Boa estadia.", "Excelente, {guest}. Há pastéis de nata na mesa 🥧"],
  },
  after: {
    ask: ["obrigado por tudo, adorámos ⭐⭐⭐⭐⭐", "deixámos as chaves na caixa. Encontrou um carregador?"],
    answer: ["Nós é que agradecemos, até à próxima!", "Encontrei! Envio amanhã."],
  },
  thanks: ["Perfeito, obrigado!", "Está bem 👍", "Muito obrigada"],
  photo: ["Segue uma foto.", "Está assim:"],
  automations: {
    booked:
      "Caro(a) {guest},\n\nobrigado por reservar {listing}! Dois dias antes da chegada receberá as instruções.\n\nCumprimentos,\n{host}",
    checkIn:
      "Olá {guest},\n\nestá quase! O check-in é a partir das {in}h.\n\n🔑 A caixa das chaves fica à esquerda da porta.\n🚗 Lugar {code}\n\nBoa viagem!",
    midStay: "Bom dia, {guest}. Está tudo bem em {listing}? Se faltar alguma coisa, diga-nos.",
    checkOut:
      "Olá {guest},\n\no check-out é amanhã até às {out}h. Por favor, feche as janelas e deixe as chaves na caixa.\n\nObrigado!",
    review: "Olá {guest}! Obrigado pela estadia. Uma avaliação ajudava-nos muito ✨",
  },
};
