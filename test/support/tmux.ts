/** A terminal that tests can type into and look at: tmux with a socket of its own, and a shell in it. */
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Terminal {
  /** A command for the shell, and Enter. */
  readonly command: (text: string) => Promise<void>
  /** Keys by their names in tmux (`Enter`, `C-c`, `j`), one after another. */
  readonly keys: (...names: readonly string[]) => Promise<void>
  /** Characters as they are. */
  readonly type: (text: string) => Promise<void>
  /** What is on the screen. */
  readonly screen: () => Promise<string>
  /** What is on the screen, and what has scrolled off it. */
  readonly history: () => Promise<string>
  /** Waits until the screen shows it; fails with the screen. */
  readonly shows: (wanted: string | RegExp) => Promise<string>
  readonly resize: (columns: number, rows: number) => Promise<void>
  /** Any command of tmux; what it prints. */
  readonly tmux: (...args: readonly string[]) => Promise<string>
  readonly end: () => Promise<void>
}

export interface TerminalOptions {
  readonly columns: number
  readonly rows: number
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

/** Whether there is one. */
export function tmuxStarts(): boolean {
  return spawnSync('tmux', ['-V'], { stdio: 'ignore' }).status === 0
}

/** A machine that runs other tests beside it may be slow. */
const PATIENCE_MS = 40_000

export async function openTerminal({ columns, rows, cwd, env = {} }: TerminalOptions): Promise<Terminal> {
  const home = mkdtempSync(join(tmpdir(), 'pf-tmux-'))
  const socket = join(home, 's')
  const clean = { PATH: process.env['PATH'] ?? '', HOME: home, TERM: 'xterm-256color', LANG: 'C.UTF-8' }
  const tmux = async (...args: readonly string[]): Promise<string> =>
    (await run('tmux', ['-S', socket, '-f', '/dev/null', ...args], { cwd, env: { ...clean, ...env } })).stdout
  await tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), "exec env PS1='$ ' sh")
  const screen = () => tmux('capture-pane', '-p')
  const shows = async (wanted: string | RegExp): Promise<string> => {
    const until = Date.now() + PATIENCE_MS
    for (;;) {
      const text = await screen()
      if (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)) return text
      if (Date.now() > until) throw new Error(`never on the screen: ${wanted}\n${text}`)
      await wait(50)
    }
  }
  const keys = async (...names: readonly string[]): Promise<void> => {
    for (const name of names) await tmux('send-keys', name)
  }
  // Blanks at the end of a line are not given.
  await shows(/^\$/m)
  return {
    command: async (text) => {
      await tmux('send-keys', '-l', text)
      await keys('Enter')
    },
    keys,
    type: async (text) => void (await tmux('send-keys', '-l', text)),
    screen,
    history: () => tmux('capture-pane', '-p', '-S', '-'),
    shows,
    resize: async (width, height) => {
      await tmux('resize-window', '-x', String(width), '-y', String(height))
    },
    tmux,
    end: async () => {
      await tmux('kill-server').catch(() => undefined)
      rmSync(home, { recursive: true, force: true })
    },
  }
}
