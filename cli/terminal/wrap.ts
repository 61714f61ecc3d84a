/**
 * Text behind a label, broken at blanks so that it stays in its column.
 *
 * @module
 */

/** Narrower than this, a column of text is worse than lines that the terminal breaks. */
const leastWidth = 12;

/**
 * The lines of `text`, none longer than what is left of `columns` behind `indent`; a word that is longer stays whole, so
 * that a path can be copied. One line when there is no limit, or hardly any room.
 */
export function wrap(text: string, indent: number, columns: number | undefined): readonly string[] {
  const width = (columns ?? Number.POSITIVE_INFINITY) - indent;
  if (width < leastWidth || text.length <= width) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
