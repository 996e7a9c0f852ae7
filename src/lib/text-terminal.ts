/** What a stream can show. Environment and stream come in as parameters; nothing here reads the process. */

export type Env = Readonly<Record<string, string | undefined>>

export interface TerminalStream {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** `NO_COLOR` wins over `FORCE_COLOR`, a flag over both; without them colour goes to terminals only. */
export function detectColor(env: Env, stream: TerminalStream, wanted = true): boolean {
  if (!wanted || set(env['NO_COLOR'])) return false
  const force = env['FORCE_COLOR']
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false'
  return stream.isTTY === true && env['TERM'] !== 'dumb'
}

/** By the locale, as the C library reads it: the first of LC_ALL, LC_CTYPE and LANG that is set decides. */
export function detectUnicode(env: Env, platform: NodeJS.Platform = 'linux'): boolean {
  if (env['TERM'] === 'dumb') return false
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(set)
  return locale === undefined ? platform === 'darwin' || set(env['WT_SESSION']) : /utf-?8/i.test(locale)
}

/** Columns; `COLUMNS` counts where the stream does not know, 80 where nothing does. */
export function detectWidth(env: Env, stream: TerminalStream): number {
  const columns = stream.columns ?? Number(env['COLUMNS'] ?? Number.NaN)
  return Number.isInteger(columns) && columns >= 20 ? columns : 80
}

/** Whether lines may be redrawn in place: a terminal that is not a CI log. */
export function canRedraw(env: Env, stream: TerminalStream): boolean {
  const ci = env['CI']
  return stream.isTTY === true && env['TERM'] !== 'dumb' && (ci === undefined || ci === '0' || ci === 'false')
}

function set(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}
