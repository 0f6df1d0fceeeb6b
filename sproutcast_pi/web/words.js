// What the page says, in the phone's language: English as written in the code, German from here.
const GERMAN = {
  "Live": "Live",
  "Reconnecting …": "Verbindet neu …",
  "Pair this phone": "Dieses Handy koppeln",
  "Ask the device for a code, on its screen under Settings or with the command sproutcast pair, and type it here.":
    "Lass dir am Gerät einen Code geben, auf dem Bildschirm unter Einstellungen oder mit dem Befehl sproutcast pair, und tippe ihn hier ein.",
  "This device has no screen and is nobody’s yet. The first phone needs no code.":
    "Dieses Gerät hat keinen Bildschirm und gehört noch niemandem. Das erste Handy braucht keinen Code.",
  "No pairing code is open now; ask for one on the device's screen.":
    "Gerade ist kein Code offen; lass dir am Bildschirm des Geräts einen geben.",
  "A phone from another network needs a code.": "Ein Handy aus einem anderen Netz braucht einen Code.",
  "Too many wrong codes; ask for a new one on the device's screen.":
    "Zu viele falsche Codes; lass dir am Bildschirm des Geräts einen neuen geben.",
  "Set up": "Einrichten",
  "Everything can be changed later, and nothing of it leaves the device.":
    "Alles lässt sich später ändern, und nichts davon verlässt das Gerät.",
  "Begin": "Beginnen",
  "Name of the device": "Name des Geräts",
  "My plants": "Meine Pflanzen",
  "Where are you?": "Wo bist du?",
  "The light goes on at": "Das Licht geht an um",
  "and stays on for so many hours": "und bleibt so viele Stunden an",
  "Your first plant": "Deine erste Pflanze",
  "Basil, for example": "Zum Beispiel Basilikum",
  "Take a picture": "Bild aufnehmen",
  "Asked for": "Angefordert",
  "Add a plant": "Pflanze anlegen",
  "Add": "Anlegen",
  "Name": "Name",
  "Species, if you know it": "Art, wenn du sie kennst",
  "Code": "Code",
  "Name of this phone": "Name dieses Handys",
  "My phone": "Mein Handy",
  "Pair": "Koppeln",
  "The device can’t be reached; is this phone in the same network?":
    "Das Gerät ist nicht zu erreichen; ist dieses Handy im selben Netz?",
  "That is not the code on the device's screen.": "Das ist nicht der Code auf dem Bildschirm des Geräts.",
  "The device can’t be reached right now.": "Das Gerät ist gerade nicht zu erreichen.",
  "The connection broke; look whether it happened.": "Die Verbindung brach ab; sieh nach, ob es geschehen ist.",
  "Light off": "Licht aus",
  "Light {level} %": "Licht {level} %",
  "changes at {time}": "ändert sich um {time}",
  "On for an hour": "Eine Stunde an",
  "Off for an hour": "Eine Stunde aus",
  "Back to the schedule": "Zurück zum Zeitplan",
  "off": "aus", "sunrise": "Sonnenaufgang", "day": "Tag", "sunset": "Sonnenuntergang", "set by hand": "von Hand",
  "taking a picture": "macht ein Bild", "enough for today": "genug für heute",
  "dimmed, the device is warm": "gedimmt, das Gerät ist warm", "waiting for the time": "wartet auf die Uhrzeit",
  "schedule is off": "Zeitplan aus", "starting": "startet",
  "No plants yet. Add one here, or on the device’s screen.":
    "Noch keine Pflanzen. Lege hier oder am Bildschirm des Geräts eine an.",
  "No picture yet": "Noch kein Bild",
  "Health, 0 to 100": "Gesundheit, 0 bis 100",
  "Measured {ago}": "Gemessen {ago}",
  "Not measured yet": "Noch nicht gemessen",
  "Leaves": "Blätter", "Area": "Fläche", "Growth": "Wachstum", "Turgor": "Turgor", "Green": "Grün", "Blooms": "Blüten",
  "Height": "Höhe", "{rate} %/d": "{rate} %/T",
  "not told: {reason}": "nicht angegeben: {reason}",
  "mark how wide its pot is, where you draw the plants' places":
    "die Breite des Topfs markieren, wo du die Plätze der Pflanzen zeichnest",
  "the plant is too small in the picture, move closer":
    "die Pflanze ist zu klein im Bild, näher herangehen",
  "the plant is suddenly much smaller or larger, the next pictures show whether it is so":
    "die Pflanze ist plötzlich viel kleiner oder größer, ob das stimmt, zeigen die nächsten Bilder",
  "the leaves are too thin in the picture, move closer":
    "die Blätter sind zu dünn im Bild, näher herangehen",
  "a leaf close up has no stem":
    "ein Blatt von nahem hat keinen Stängel",
  "the leaves point every way, as seen from above":
    "die Blätter zeigen in alle Richtungen, wie von oben gesehen",
  "the plant's habit isn't known before some pictures more":
    "wie die Pflanze sich gewöhnlich hält, zeigt sich erst nach einigen Bildern",
  "the leaves cover each other":
    "die Blätter verdecken einander",
  "the plant is burnt out, shorten the exposure":
    "die Pflanze ist überbelichtet, kürzer belichten",
  "the plant is partly burnt out, shorten the exposure":
    "die Pflanze ist teils überbelichtet, kürzer belichten",
  "the leaves aren't green in this light":
    "die Blätter sind in diesem Licht nicht grün",
  "the picture has no colours":
    "das Bild hat keine Farben",
  "the light lacks a colour, photograph under white light":
    "dem Licht fehlt eine Farbe, unter weißem Licht fotografieren",
  "what is around the plant is burnt out, shorten the exposure":
    "um die Pflanze herum ist alles überbelichtet, kürzer belichten",
  "what is around the plant is black, confirm a picture of the place or lay a colour card beside":
    "um die Pflanze herum ist es schwarz, ein Bild des Orts bestätigen oder eine Farbkarte danebenlegen",
  "the plant fills the picture, confirm a picture of the place or lay a colour card beside":
    "die Pflanze füllt das Bild, ein Bild des Orts bestätigen oder eine Farbkarte danebenlegen",
  "what it is made of isn't told either":
    "woraus sie sich ergibt, fehlt ebenfalls",
  "just now": "gerade eben",
  "Watered": "Gegossen", "Fed": "Gedüngt", "Noted": "Notiert", "Seen": "Gelesen", "Failed": "Ging nicht",
  "camera": "Kamera", "captures": "Bilder", "clock": "Uhr", "config": "Einstellungen", "disk": "Speicher", "light": "Licht",
  "network": "Netz", "power": "Strom", "screen": "Bildschirm", "store": "Datenbank", "sync": "Abgleich",
  "temperature": "Temperatur", "worker": "Auswertung",
};

/** Numbers and moments are written as this says. */
export const LOCALE = navigator.language;
const german = LOCALE.toLowerCase().startsWith("de");

/** The text in the phone's language, with `{name}` replaced by the value of that name. */
export function say(text, values = {}) {
  const said = (german && GERMAN[text]) || text;
  return said.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Put what the page itself holds into the phone's language: texts, and values of fields. */
export function translate() {
  document.documentElement.lang = german ? "de" : "en";
  for (const element of document.querySelectorAll("[data-say]")) {
    if (element instanceof HTMLInputElement) element.value = say(element.value);
    else element.textContent = say(element.textContent);
  }
}
