/** Output of a script as records that end in a NUL, one byte in each character. */
import type { Readable } from 'node:stream'

export async function* readRecords(stdout: Readable): AsyncGenerator<string, void, void> {
  let rest = ''
  for await (const chunk of stdout as AsyncIterable<Buffer>) {
    const parts = (rest + chunk.toString('latin1')).split('\0')
    rest = parts.pop() ?? ''
    yield* parts
  }
}

/** `<mode in hex> <size> <seconds>` of stat, behind which comes `rest`. */
export interface Stated {
  readonly mode: number
  readonly size: number
  readonly modified: number
}

const STATED = /^([0-9a-f]+) (\d+) (-?\d+)/

export function parseStated(text: string): Stated | undefined {
  const found = text.match(STATED)
  if (found === null) return undefined
  return { mode: Number.parseInt(found[1] ?? '', 16), size: Number(found[2]), modified: Number(found[3]) * 1000 }
}

/**
 * Lines `<state> <name>` for some of `names`, in their order. Names may hold newlines, so they are not split but
 * recognised.
 */
export function matchStated(text: string, names: readonly string[]): readonly (Stated | undefined)[] {
  let at = 0
  return names.map((name) => {
    const space = spaces(text, at)
    if (space < 0 || !text.startsWith(`${name}\n`, space + 1)) return undefined
    const stated = parseStated(text.slice(at, space))
    at = space + name.length + 2
    return stated
  })
}

/** Where the third space after `from` stands. */
function spaces(text: string, from: number): number {
  let at = from - 1
  for (let count = 0; count < 3; count++) {
    at = text.indexOf(' ', at + 1)
    if (at < 0) return -1
  }
  return at
}
