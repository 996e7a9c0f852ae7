/** A text for the clipboard of the terminal (OSC 52), which also reaches one at the other end of ssh. Pure. */
import type { Env } from '../lib/text-terminal.js'

/** What terminals take: 100,000 characters with the rest of the sequence. Bytes of text. */
const MOST = 74_994

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be pasted
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/

export interface Copied {
  /** Undefined where nothing is sent. */
  readonly sequence?: string | undefined
  /** What to tell of it. */
  readonly told: string
}

/** Nobody tells whether the terminal took it. */
export function toClipboard(text: string, env: Env): Copied {
  if (CONTROLS.test(text))
    return { told: 'not copied: it holds control characters, which a shell would act on; export it instead' }
  const bytes = Buffer.from(text, 'utf8')
  if (bytes.length === 0) return { told: 'not copied: there is nothing in it' }
  if (bytes.length > MOST)
    return { told: `not copied: ${bytes.length} bytes are more than terminals take (${MOST}); export it instead` }
  const osc = `\x1b]52;c;${bytes.toString('base64')}\x07`
  const lines = text.trimEnd().split('\n').length
  const what = lines > 1 ? `${lines} lines` : `${[...text].length} characters`
  if (isSet(env['TMUX']))
    return {
      sequence: `${osc}\x1bPtmux;${osc.replaceAll('\x1b', '\x1b\x1b')}\x1b\\`,
      told: `sent ${what} to the clipboard; tmux takes it with set-clipboard on, or passes it on with allow-passthrough on`,
    }
  return { sequence: osc, told: `sent ${what} to the clipboard of the terminal` }
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== ''
}
