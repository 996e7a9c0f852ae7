/** The flags of `npm run bench`. Without any it measures all of the table; with some, the part one is at work on. */
import { parseArgs } from 'node:util'
import { SHAPES, type Shape } from './shapes.js'

const PARTS = ['files', 's3', 'checksums', 'audit', 'compare', 'snapshot'] as const
type Part = (typeof PARTS)[number]

export interface Flags {
  readonly sizes: readonly number[]
  /** Rows of the tables that are compared, or recorded. */
  readonly tables: readonly number[]
  readonly shapes: readonly Shape[]
  readonly parts: readonly Part[]
  readonly rounds: number
  /** A directory to keep the trees in, for the next run to use again. */
  readonly keep: string | undefined
  readonly rclone: boolean
  /** Where the table goes; without, only to stdout. */
  readonly out: string | undefined
}

export function parseFlags(argv: readonly string[]): Flags {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      sizes: { type: 'string' },
      shapes: { type: 'string', default: SHAPES.join() },
      only: { type: 'string', default: PARTS.join() },
      rounds: { type: 'string', default: '5' },
      keep: { type: 'string' },
      'no-rclone': { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  })
  return {
    sizes: sizesOf(values.sizes ?? '10000,100000,1000000'),
    tables: sizesOf(values.sizes ?? '200000,2000000'),
    shapes: namesOf('shapes', values.shapes, SHAPES),
    parts: namesOf('only', values.only, PARTS),
    rounds: wholeNumber('rounds', values.rounds),
    keep: values.keep,
    rclone: !values['no-rclone'],
    out: values.out ?? (argv.length === 0 ? 'bench/results.md' : undefined),
  }
}

function sizesOf(text: string): readonly number[] {
  return text.split(',').map((size) => wholeNumber('sizes', size))
}

function wholeNumber(flag: string, text: string): number {
  if (!/^[1-9][0-9]*$/.test(text)) throw new Error(`--${flag}: "${text}" is not a whole number above 0`)
  return Number(text)
}

function namesOf<T extends string>(flag: string, text: string, known: readonly T[]): readonly T[] {
  return text.split(',').map((name) => {
    const found = known.find((one) => one === name)
    if (found === undefined) throw new Error(`--${flag}: "${name}" is none of ${known.join(', ')}`)
    return found
  })
}
