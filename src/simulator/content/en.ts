import type { Phrases } from "./phrases.ts";

export const en: Phrases = {
  greeting: ["Hi {host}!", "Hello {host},", "Good morning {host},", "Hey there 👋"],
  hostGreeting: ["Hi {guest},", "Hello {guest}!", "Hi {guest}, thanks for your message."],
  before: [
    {
      ask: [
        "Is there parking close to the house? We are coming with a rather big car.",
        "Where can we leave the car? Is the space covered?",
      ],
      answer: [
        "Yes, there is one private space right behind the building, number {code}. Anything under 5 m fits.",
        "You can park on the street for free after 7 pm, and the garage around the corner takes cards.",
      ],
    },
    {
      ask: [
        "Would an early check-in be possible? Our flight lands at 9:40.",
        "We arrive quite early. Could we drop the bags before {in}:00?",
      ],
      answer: [
        "I can't promise the room before {in}:00, but you are welcome to leave your bags from 11 on.",
        "Nobody leaves that day, so 12:00 is fine. Safe travels!",
      ],
    },
    {
      ask: [
        "Do you have a travel cot and a high chair? Our little one is 14 months old.",
        "Is there a crib for a baby?",
      ],
      answer: [
        "Both are in the cupboard in the second bedroom, sheets included.",
        "We will put the cot up for you. The high chair is in the kitchen.",
      ],
    },
    {
      ask: [
        "What is the Wi-Fi like? I have two video calls & need something stable.",
        "Is the internet fast enough to work from there?",
      ],
      answer: [
        "It's fibre, around 300 Mbit/s. The desk is next to the router.",
        "Very fast. The name and the password are on the fridge.",
      ],
    },
    {
      ask: ["Are dogs allowed? She is small (6 kg) and well behaved 🐶", "Could we bring our dog?"],
      answer: [
        "Small dogs are welcome, just keep her off the beds please 🙂",
        "Of course. There is a park two minutes away.",
      ],
    },
    {
      ask: [
        "How do we get from the airport to {listing}? Is a taxi better than the train?",
        "What's the best way to come from the airport?",
      ],
      answer: [
        "Take the train, it runs every 20 minutes:\n1. platform 2\n2. get off at the fourth stop\n3. five minutes on foot",
        "A taxi costs around 35 and takes 25 minutes; the bus takes an hour.",
      ],
    },
  ],
  during: [
    {
      ask: [
        "The hot water stopped working this morning. Could you have a look?",
        "No hot water in the shower 😕",
      ],
      answer: [
        "So sorry! The switch is in the grey box next to the boiler, third from the left. If it trips again I'll send Marco.",
        "I'm on it. The plumber can be there at 3 pm, is that all right?",
      ],
    },
    {
      ask: ["We can't get the heating to go above 19 degrees.", "How does the thermostat work?"],
      answer: [
        "Press and hold the plus button for three seconds, then it leaves eco mode.",
        "It needs about an hour. If it is still cold then, call me please.",
      ],
    },
    {
      ask: [
        "The people upstairs are very loud tonight, is there anything you can do?",
        "It's past midnight and there is a party next door…",
      ],
      answer: [
        "I've just called them, it should be quiet in a few minutes. Sorry about that.",
        "Thank you for telling me. I have informed the building.",
      ],
    },
    {
      ask: [
        "Where do we put the rubbish, and which day is it collected?",
        "Are there more towels somewhere?",
      ],
      answer: [
        "The bins are in the courtyard: blue is paper, yellow is plastic.",
        "There are extra towels in the wardrobe in the hall. Help yourselves!",
      ],
    },
    {
      ask: [
        "Could we stay until 13:00 on the last day? We'd pay for it of course.",
        "Is a late check-out possible?",
      ],
      answer: [
        "Someone arrives that day, so {out}:00 it is, but you may leave the luggage with us.",
        "Yes, 13:00 works. No charge.",
      ],
    },
  ],
  inquiry: [
    {
      ask: [
        "Is {listing} still free for these dates? We are two couples, quiet people.",
        "Hi, we'd like to book for a week. Is there any discount for longer stays?",
      ],
      answer: [
        "It is! I can hold it until tomorrow evening.",
        "From 7 nights on there are 10 % off, the price you see already includes it.",
      ],
    },
    {
      ask: ["Is the pool heated in spring?", "How far is it to the beach, really?"],
      answer: ["From April on, yes, 27 °C.", "Seven minutes on foot, I counted them 😄"],
    },
  ],
  arrived: {
    ask: [
      "We're in! The place is gorgeous, thank you 😍",
      "Arrived safely, the key was where you said. I <3 the view!",
    ],
    answer: [
      "Wonderful! Enjoy your stay and write any time.",
      "Great to hear, {guest}. There is a bottle of wine in the fridge for you 🍷",
    ],
  },
  after: {
    ask: [
      "Thank you for everything, we had a lovely time. Five stars from us ⭐⭐⭐⭐⭐",
      "We left the keys in the box. I think we forgot a charger, could you check?",
    ],
    answer: ["It was a pleasure to have you, come back soon!", "Found it! I'll post it to you tomorrow."],
  },
  thanks: ["Perfect, thanks!", "Great 👍", "Thank you so much 🙏🏽", "Ok, noted. See you then!"],
  photo: ["Here is a photo.", "See the picture please, this is what it looks like:"],
  automations: {
    booked:
      "Dear {guest},\n\nThank you for booking {listing}! We are delighted to host you.\n\nYou will get the check-in instructions two days before you arrive. Until then, just answer here if you have any question.\n\nBest regards,\n{host}",
    checkIn:
      "Hi {guest},\n\nYour stay is coming closer! Check-in is from {in}:00.\n\n🔑 The key box is left of the door.\n📶 Wi-Fi: see the card on the fridge\n🚗 Parking: space {code}\n\nHave a safe trip!\n{host}",
    midStay:
      "Good morning {guest}, is everything fine at {listing}? If anything is missing, tell us and we will sort it out.",
    checkOut:
      "Dear {guest},\n\nWe hope you enjoyed your stay. Check-out is until {out}:00 tomorrow.\n\n- Close the windows\n- Put the dishes into the dishwasher\n- Leave the keys in the box\n\nThank you!",
    review:
      "Hi {guest}! Thank you for staying with us. If you liked {listing}, we would be glad about a review; it takes a minute and helps us a lot. ✨",
  },
};
