/** Opens a file at a line in the editor of the user's choice, as git does: `$VISUAL`, else `$EDITOR`, which the shell splits. */
import { spawn } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import type { Position } from '../../lib/position.js'
import type { Env } from '../../lib/text-terminal.js'

export interface EditorCall {
  readonly command: string
  readonly args: readonly string[]
}

type ArgsOf = (file: string, line: number, column: number) => readonly string[]

const plus: ArgsOf = (file, line) => [`+${line}`, file]
const withColon: ArgsOf = (file, line, column) => [`${file}:${line}:${column}`]
const goTo: ArgsOf = (file, line, column) => ['--goto', `${file}:${line}:${column}`]
const lineFlag: ArgsOf = (file, line) => ['--line', String(line), file]

/** By the name of the program. One that is not known is given the file alone. */
const WAYS: readonly (readonly [RegExp, ArgsOf])[] = [
  [
    /^(n?vi|vim|vim\.\w+|nvim|view|elvis|vis|nano|pico|rnano|joe|jstar|jed|mcedit|mg|ne|kak|micro|emacs|emacsclient)$/,
    plus,
  ],
  [/^(code|code-insiders|code-server|codium|vscodium|cursor|windsurf|positron)$/, goTo],
  [/^(subl|sublime_text|hx|helix|zed|zeditor|atom|lapce)$/, withColon],
  [/^(idea|pycharm|webstorm|goland|rubymine|phpstorm|clion|kate)$/, lineFlag],
]

/** Undefined where the environment names no editor. The file is an argument of its own: no name of it is ever shell. */
export function editorCall(env: Env, { line, column }: Position, path: string): EditorCall | undefined {
  const editor = [env['VISUAL'], env['EDITOR']].find((one) => one !== undefined && one.trim() !== '')
  if (editor === undefined) return undefined
  const argsOf = WAYS.find(([names]) => names.test(programOf(editor)))?.[1] ?? ((file) => [file])
  return { command: 'sh', args: ['-c', `${editor} "$@"`, editor, ...argsOf(path, line, column)] }
}

/** The first word that is no assignment, without quotes and directories. */
function programOf(editor: string): string {
  const words = editor.match(/"[^"]*"|'[^']*'|\S+/g) ?? []
  const word = words.find((one) => !/^\w+=/.test(one)) ?? ''
  return basename(word.replaceAll(/["']/g, '')).replace(/\.(?:exe|cmd|bat)$/i, '')
}

export interface EditOptions {
  readonly cwd: string
  readonly env: Env
  /** Gives the terminal away for as long as it takes. */
  readonly lend: (use: () => Promise<void>) => Promise<void>
}

/** Resolves when the editor is left. Rejects with words. */
export async function edit(position: Position, { cwd, env, lend }: EditOptions): Promise<void> {
  const path = resolve(cwd, position.file)
  const there = await stat(path).catch(() => undefined)
  if (there?.isFile() !== true) throw new Error(`${position.file} is no file here`)
  const call = editorCall(env, position, path)
  if (call === undefined)
    throw new Error(`neither $VISUAL nor $EDITOR is set: ${position.file}:${position.line} is the place`)
  await lend(() => runEditor(call, cwd))
}

function runEditor({ command, args }: EditorCall, cwd: string): Promise<void> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd, stdio: 'inherit' })
    child.once('error', failed)
    child.once('close', (code, signal) => {
      if (code === 0) done()
      else failed(new Error(`the editor ended with ${signal ?? code}`))
    })
  })
}
