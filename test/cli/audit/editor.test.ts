import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, test } from 'vitest'
import { edit, editorCall } from '../../../src/cli/audit/editor.js'
import { directoryOf } from '../../support/run-cli.js'

const PLACE = { file: 'shop.yaml', line: 12, column: 5 }

let place: ReturnType<typeof directoryOf>
beforeEach(() => {
  place = directoryOf({ 'shop.yaml': 'version: 1\n' })
})
afterEach(() => place.remove())

it.each([
  ['vi', '+12 /x/shop.yaml'],
  ['vim', '+12 /x/shop.yaml'],
  ['/usr/bin/nvim -p', '+12 /x/shop.yaml'],
  ['nano', '+12 /x/shop.yaml'],
  ['emacsclient -t', '+12 /x/shop.yaml'],
  ['TERM=xterm emacs -nw', '+12 /x/shop.yaml'],
  ['code --wait', '--goto /x/shop.yaml:12:5'],
  ['"/Applications/My Code/bin/code" -w', '--goto /x/shop.yaml:12:5'],
  ['hx', '/x/shop.yaml:12:5'],
  ['subl -w', '/x/shop.yaml:12:5'],
  ['kate', '--line 12 /x/shop.yaml'],
  ['my-own-editor', '/x/shop.yaml'],
])('%s is given %s', (editor, args) => {
  expect(editorCall({ EDITOR: editor }, PLACE, '/x/shop.yaml')?.args.slice(3).join(' ')).toBe(args)
})

test('VISUAL comes first; one that is empty does not count', () => {
  const editorOf = (env: Record<string, string>) => editorCall(env, PLACE, '/x')?.args[2]
  expect(editorOf({ VISUAL: 'vim', EDITOR: 'ed' })).toBe('vim')
  expect(editorOf({ VISUAL: ' ', EDITOR: 'ed' })).toBe('ed')
  expect(editorOf({})).toBeUndefined()
})

it.each([
  'plain.yaml',
  'with blank.yaml',
  '$(touch pwned).yaml',
  '`touch pwned`.yaml',
  '; touch pwned;.yaml',
  '"\'.yaml',
  '-e.yaml',
  'a\nb.yaml',
])('the file name %j is one argument, and no shell', async (file) => {
  writeFileSync(join(place.path, file), '')
  const program = join(place.path, 'editor')
  writeFileSync(program, `#!/bin/sh\nfor one; do printf '%s\\0' "$one"; done > ${join(place.path, 'args')}\n`)
  chmodSync(program, 0o755)
  const env = { EDITOR: `'${program}' --wait` }
  await edit({ ...PLACE, file }, { cwd: place.path, env, lend: (use) => use() })
  expect(readFileSync(join(place.path, 'args'), 'utf8')).toBe(`--wait\0${join(place.path, file)}\0`)
  expect(execFileSync('ls', { cwd: place.path, encoding: 'utf8' })).not.toMatch(/^pwned/m)
})

const never = () => Promise.reject(new Error('the screen was given away'))

it.each([
  ['no editor is set', {}, 'shop.yaml', /VISUAL/],
  ['the file is not here, as of a recorded run', { EDITOR: 'true' }, 'gone.yaml', /gone\.yaml is no file here/],
  ['it is a directory', { EDITOR: 'true' }, 'sub', /sub is no file here/],
])('where %s, it says so, and the screen stays', async (_, env, file, words) => {
  mkdirSync(join(place.path, 'sub'))
  await expect(edit({ ...PLACE, file }, { cwd: place.path, env, lend: never })).rejects.toThrow(words)
})

test('an editor that ends badly is told', async () => {
  const options = { cwd: place.path, env: { EDITOR: 'exit 3;' }, lend: (use: () => Promise<void>) => use() }
  await expect(edit(PLACE, options)).rejects.toThrow('the editor ended with 3')
})
