// Words as they are compared: small letters without accents. The server compares in the same way.

export interface Piece {
  text: string;
  hit: boolean;
}

const fold = (letter: string): string =>
  letter
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace("ß", "ss")
    .replace("æ", "ae")
    .replace("œ", "oe")
    .replace("ø", "o")
    .replace("ł", "l")
    .replace("đ", "d")
    .replace("ı", "i");

/** Cuts a text into what is one of the words and what is not; `words` are folded. */
export const marked = (text: string, words: string[]): Piece[] => {
  let folded = "";
  const origin: number[] = [];
  let at = 0;
  for (const letter of text) {
    const small = fold(letter);
    folded += small;
    for (let index = 0; index < small.length; index++) origin.push(at);
    at += letter.length;
  }
  origin.push(at);
  const hits = new Set<number>();
  for (const word of words) {
    for (let from = folded.indexOf(word); word && from >= 0; from = folded.indexOf(word, from + word.length)) {
      for (let index = from; index < from + word.length; index++) hits.add(origin[index]!);
    }
  }
  const pieces: Piece[] = [];
  at = 0;
  for (const letter of text) {
    // A mark of its own belongs to the letter before it.
    const last = pieces[pieces.length - 1];
    const hit = hits.has(at) || (!!last?.hit && /^\p{M}$/u.test(letter));
    if (last?.hit === hit) last.text += letter;
    else pieces.push({ text: letter, hit });
    at += letter.length;
  }
  return pieces;
};
