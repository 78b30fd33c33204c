// What somebody types, as Telegram's own apps send it: marks around words become formatting.

const MARKS = { "**": "bold", "__": "italic", "~~": "strikethrough", "||": "spoiler", "`": "code" };
const MARKED = /(\*\*|__|~~|\|\||`)(\S|\S.*?\S)\1/gs;

// Offsets are UTF-16 units, as in JavaScript's strings.
export function compose(typed) {
  const entities = [];
  let text = "";
  let read = 0;
  for (const found of typed.matchAll(MARKED)) {
    text += typed.slice(read, found.index);
    entities.push({ type: MARKS[found[1]], offset: text.length, length: found[2].length });
    text += found[2];
    read = found.index + found[0].length;
  }
  return { text: text + typed.slice(read), entities };
}
