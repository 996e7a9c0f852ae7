/** What a program said last, short enough for a message. */
export function lastLine(said: string): string {
  const line = said.split(/[\r\n]+/).findLast((text) => text.trim() !== '') ?? ''
  return line.trim().slice(0, 300)
}
