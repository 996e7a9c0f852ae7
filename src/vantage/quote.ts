/** ssh carries one string, which the shell of the account there reads. This is the only place where such a string is made. */

/**
 * One word for sh, bash, dash, zsh, ksh and fish alike. Quotes and backslashes stand outside the single quotes: inside
 * them fish, unlike the others, takes `\'` and `\\` for escapes.
 */
export function quoteWord(word: string): string {
  if (word === '') return "''"
  return word.replace(/[^'\\]+|['\\]/g, (part) => (part === "'" || part === '\\' ? `\\${part}` : `'${part}'`))
}

export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(' ')
}
