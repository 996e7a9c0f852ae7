/** From the text of flags to values. What does not hold is a UsageError that shows how it is written. */
import type { Part } from '../kinds/kind.js'
import { UsageError } from '../lib/errors.js'
import { DURATION_FORM, parseDuration } from '../lib/units.js'

/** `--var a=1 --var b=2`; of a variable given twice the last counts, as in a shell. */
export function parseVars(values: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    values.map((text) => {
      const equals = text.indexOf('=')
      if (equals < 1)
        throw new UsageError(`--var ${text}: a variable is given as NAME=VALUE`, {
          suggestions: [`--var ${text || 'name'}=…`],
        })
      return [text.slice(0, equals), text.slice(equals + 1)]
    }),
  )
}

/** `--database-renamed shop_old=shop`, old name to new. */
export function parseRenamed(values: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    values.map((text) => {
      const equals = text.indexOf('=')
      if (equals > 0 && equals < text.length - 1) return [text.slice(0, equals), text.slice(equals + 1)]
      throw new UsageError(`--database-renamed ${text}: it is given as OLD=NEW`, {
        suggestions: ['--database-renamed shop_old=shop'],
      })
    }),
  )
}

/** Milliseconds. */
export function parseDurationFlag(flag: string, text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined || ms === 0)
    throw new UsageError(`--${flag} ${text}: that is not a duration`, { suggestions: [DURATION_FORM] })
  return ms
}

/** Not repeated where it is wrong: whoever has it can say that all is well. */
export function parsePingFlag(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text
  throw new UsageError("--ping takes the address of a dead-man's switch, which begins with https:// or http://", {
    suggestions: ['--ping "$PING_URL", so that it stands in no script'],
  })
}

/** `2/5` */
export function parseShardFlag(text: string): Part {
  const [, i = '', n = ''] = /^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? []
  const [number, of] = [Number(i), Number(n)]
  const wrong =
    i === ''
      ? 'a part is given as i/n'
      : number < 1 || number > of
        ? `the parts of ${of} are numbered from 1 to ${of}`
        : of > MOST_PARTS
          ? `a run has at most ${MOST_PARTS} parts`
          : undefined
  if (wrong === undefined) return { number, of }
  throw new UsageError(`--shard ${text}: ${wrong}`, { suggestions: ['--shard 2/5 is the second of five parts'] })
}

/** Every part reads all rows; with more parts than this that would be most of what they do. */
const MOST_PARTS = 1000
