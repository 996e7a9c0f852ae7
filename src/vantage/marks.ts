/**
 * What the script around every program at a vantage says of itself, on standard error: that it is there (and as which
 * process group), and how the program ended. So an exit code is always the program's own, and whatever a client says
 * before the first mark, or behind the last, is about the vantage. Marks begin with a word nobody can guess.
 */
import { Transform } from 'node:stream'

export interface Marks {
  /** Process group at the vantage; 0 where it has none of its own there. */
  readonly group?: number | undefined
  /** Exit code of the program, once it ended. */
  readonly code?: number | undefined
  /** Why it was not started: `missing`, `user`. */
  readonly refused?: string | undefined
}

export interface MarkedStream {
  /** What the program said: between the marks. */
  readonly stream: Transform
  readonly marks: () => Marks
  /** What the client said itself, at most the last 8 KiB. */
  readonly said: () => string
}

const MOST = 100
const KEPT = 8192

/** `onMark` is called after each. Holds back only what may be the beginning of a mark. */
export function readMarks(word: string, onMark: (marks: Marks) => void): MarkedStream {
  let marks: Marks = {}
  let said = ''
  let held = Buffer.alloc(0)
  const start = Buffer.from(word)
  const take = (line: string): void => {
    const [what, value] = line.slice(word.length + 1).split(' ')
    if (what === 'group') marks = { ...marks, group: Number(value) }
    else if (what === 'end') marks = { ...marks, code: Number(value) }
    else marks = { ...marks, refused: what }
    onMark(marks)
  }
  const isProgram = () => marks.group !== undefined && marks.code === undefined && marks.refused === undefined
  const pass = (bytes: Buffer): void => {
    if (bytes.length === 0) return
    if (isProgram()) stream.push(bytes)
    else said = (said + bytes.toString()).slice(-KEPT)
  }
  const stream = new Transform({
    transform(chunk: Buffer, _, done) {
      held = Buffer.concat([held, chunk])
      for (;;) {
        const at = held.indexOf(start)
        if (at < 0) break
        pass(held.subarray(0, at))
        held = held.subarray(at)
        const end = held.indexOf(0x0a)
        if (end < 0 && held.length < MOST) return done()
        take(held.subarray(0, end < 0 ? MOST : end).toString('latin1'))
        held = held.subarray(end < 0 ? held.length : end + 1)
      }
      const kept = beginningAtEnd(held, start)
      pass(held.subarray(0, held.length - kept))
      held = held.subarray(held.length - kept)
      done()
    },
    flush(done) {
      pass(held)
      done()
    },
  })
  return { stream, marks: () => marks, said: () => said }
}

/** How many bytes at the end of the text are the beginning of `word`. */
function beginningAtEnd(text: Buffer, word: Buffer): number {
  for (let length = Math.min(word.length - 1, text.length); length > 0; length--) {
    if (text.subarray(text.length - length).equals(word.subarray(0, length))) return length
  }
  return 0
}
