import { describe, expect, test } from 'vitest'
import { maskCredentials } from '../../src/spec/mask.js'
import { createSource, excerpt } from '../../src/spec/source.js'
import { around, load, told } from './load.js'

const head = `  - id: x
    kind: count
    connection: main
    table: t
    expect: { count: 1 }
`

/** A scalar as written below `where:` of line 11, the word looked for, where it stands. */
describe('a place inside a scalar', () => {
  test.each<readonly [string, string, string, string]>([
    ['of a literal block', '|\n      a = 1\n        and bad > 2', 'bad', '13:13-16'],
    ['of a literal block that is indented', '|2\n        a = 1\n       and bad > 2', 'bad', '13:12-15'],
    ['after blank lines', '|\n\n      \n      bad > 2', 'bad', '14:7-10'],
    ['of a stripped block with a comment behind it', '|-  # why\n      a = 1\n      and bad > 2\n', 'bad', '13:11-14'],
    ['behind characters of two units', '|\n      "😀" = 1 and bad > 2', 'bad', '12:20-23'],
    ['a quoted identifier', '|\n      a and "bad one" > 2', '"bad one"', '12:13-22'],
    ['of a plain scalar', 'a = 1 and bad > 2', 'bad', '11:22-25'],
    ['of a quoted scalar', '"a = 1 and bad > 2"', 'bad', '11:23-26'],
    ['of a quoted scalar with escapes, where the word stands once', '"a\\t= 1 and bad > 2"', 'bad', '11:24-27'],
    ['of a quoted scalar with escapes, where it stands twice', '"bad\\t= 1 and bad > 2"', 'bad > 2', '11:12-34'],
    ['of a folded block, where the word stands once', '>\n      a = 1\n      and bad > 2', 'bad', '13:11-14'],
    ['of a folded block, where it stands twice', '>\n      bad = 1\n      and bad > 2', 'bad > 2', '11:12-12'],
  ])('%s', async (_name, where, word, expected) => {
    const spec = await load({ 'a.yaml': around(`${head}    where: ${where}\n`) })
    const [check] = spec.checks
    const value = (check?.spec as { where: string } | undefined)?.where ?? ''
    const at = check?.locate({ path: ['where'], offset: value.lastIndexOf(word) })
    expect(`${at?.line}:${at?.column}-${at?.endLine === at?.line ? at?.endColumn : at?.column}`).toBe(expected)
  })

  test('of a file with CRLF', async () => {
    const text = around(`${head}    where: |\n      a = 1\n      and bad > 2\n`).replaceAll('\n', '\r\n')
    const [check] = (await load({ 'a.yaml': text })).checks
    expect(check?.locate({ path: ['where'], offset: 'a = 1\nand '.length })).toMatchObject({
      line: 13,
      column: 11,
      endColumn: 14,
      text: '      and bad > 2',
    })
  })

  test('beyond its end is its end', async () => {
    const [check] = (await load({ 'a.yaml': around(`${head}    where: |\n      a = 1\n    title: y\n`) })).checks
    expect(check?.locate({ path: ['where'], offset: 999 })).toMatchObject({ line: 12, column: 12 })
    expect(check?.locate({ path: ['where'], offset: -1 })).toMatchObject({ line: 12, column: 7 })
  })
})

test('a check stands where its id does; a part of it where that does; what it does not have, at its id', async () => {
  const [check] = (await load({ 'a.yaml': around(`${head}    deep: { sample: a }\n`) })).checks
  expect(check?.place).toEqual({ file: 'a.yaml', line: 6, column: 9, endLine: 6, endColumn: 10, text: '  - id: x' })
  expect(check?.locate({ path: ['deep', 'sample'] })).toMatchObject({ line: 11, column: 21 })
  expect(check?.locate({ path: ['deep', 'gone'] })).toMatchObject({ line: 11, column: 11 })
  expect(check?.locate({ path: ['where'], offset: 3 })).toEqual(check?.place)
  expect(check?.locate({ path: [] })).toEqual(check?.place)
})

test('a reference in a block is shown under itself', async () => {
  const { text } = await told({ 'a.yaml': around(`${head}    where: |\n      a = 1\n        and b = \${var.x}\n`) })
  expect(text).toBe(`a.yaml:13:17: error: SQL takes no \${…}
  13 |         and b = \${var.x}
     |                 ^^^^^^^^ give it under params: and write :name here
`)
})

/** A line, and what is shown of it. The length stays. */
describe('what looks like a credential is not shown', () => {
  test.each([
    ['url: postgres://u:p4ss@db/x', 'url: postgres://u:****@db/x'],
    ['{ type: postgres, password: "a b", host: h }', '{ type: postgres, password: "***", host: h }'],
    ["secret_key: 'abc'", "secret_key: '***'"],
    ['headers: { Authorization: Bearer abc }', 'headers: { Authorization: ***********}'],
    ['password: ${secret.x}', 'password: ${secret.x}'],
    ['secrets: { token: { env: TOKEN } }', 'secrets: { token: { env: TOKEN } }'],
    ['remediation: Look.', 'remediation: Look.'],
    ['url: postgres://u:p4@ss@db/x', 'url: postgres://u:*****@db/x'],
    ['password: "a\\"b", host: h', 'password: "****", host: h'],
    ["password: 'it''s', host: h", "password: '*****', host: h"],
    ['password: "not closed', 'password: "**********'],
    ['{ password: a,b, host: h }', '{ password: ***, host: h }'],
    ['{ secret_key: [a, b], host: h }', '{ secret_key: ******, host: h }'],
    ['headers: { x-auth: abc, cookie: sid=abc }', 'headers: { x-auth: ***, cookie: ********}'],
    ['pasword: abc', 'pasword: ***'],
    ['  - { key: path, author: me }', '  - { key: path, author: me }'],
  ])('%s', (line, shown) => {
    expect(maskCredentials(line)).toBe(shown)
  })

  test.each([
    ['a block', 'password: |\n          hunter2\n          hunter2: x\n'],
    ['a folded block', 'password: >-\n          hunter2 [\n'],
    ['a flow list', 'password: [\n          hunter2,\n          hunter2 ]\n'],
    ['a value that goes on', 'password:\n          hunter2\n          hunter2: { a\n'],
  ])('in %s', async (_, field) => {
    const file = `version: 1\nconnections:\n      main:\n        type: postgres\n        ${field}        port: x\n`
    for (const from of [0, 6]) {
      const source = createSource('a.yaml', '/a.yaml', file)
      const lines = file.split('\n').map((text, index) => (text.includes('hunter2') ? index : -1))
      for (const line of lines.filter((index) => index >= 0)) {
        const start = (source.lines[line] ?? 0) + from
        expect(excerpt({ source, start, end: start + 1 }).text).toMatch(/^[\s*]+$/)
      }
    }
  })
})
