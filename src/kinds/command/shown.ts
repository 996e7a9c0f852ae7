const MOST = 200

/** The words of a command as a list, for people; long ones are cut. */
export function shown(argv: readonly string[]): string {
  const text = argv.map((word) => (/^[A-Za-z0-9_./:=@+-]+$/.test(word) ? word : JSON.stringify(word))).join(' ')
  return text.length <= MOST ? text : `${text.slice(0, MOST)}…`
}
