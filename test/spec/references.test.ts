import { describe, expect, test } from 'vitest'
import { around, load, told } from './load.js'

const S = (text: string): string => `\${${text}}`

const one = (fields: string, top = ''): string =>
  around(`  - { id: x, kind: count, connection: main, table: t, expect: { count: 1 }, ${fields} }`, top)

/** A title, what it becomes. */
describe('a text', () => {
  test.each([
    ['a reference inside', `a ${S('var.s')} b`, 'a shop b'],
    ['several', `${S('var.s')}${S('var.n')}`, 'shop5'],
    ['of the environment', S('env.REGION'), 'eu'],
    ['a literal', `$${S('var.s')}`, S('var.s')],
    ['a lone $', 'costs $5 or $$ or $', 'costs $5 or $$ or $'],
    ['no second round', S('var.sly'), S('var.s').replace('${', '$ {')],
  ])('%s', async (_name, title, expected) => {
    const vars = 'vars: { s: { default: shop }, n: { default: 5 }, sly: { default: "$ {var.s}" } }'
    const spec = await load({ 'a.yaml': one(`title: "${title}"`, vars) }, { env: { REGION: 'eu' } })
    expect(spec.checks[0]?.title).toBe(expected)
  })
})

test('a scalar that is one reference keeps its type, others are text', async () => {
  const vars = 'vars: { n: { default: 5 }, tags: { default: [a, b] } }'
  const spec = await load({ 'a.yaml': one(`limit: "${S('var.n')}", tags: "${S('var.tags')}"`, vars) })
  expect(spec.checks[0]).toMatchObject({ spec: { limit: 5 }, tags: ['a', 'b'] })
  const text = await told({ 'a.yaml': one(`limit: "${S('var.n')}0"`, vars) })
  expect(text.issues[0]?.message).toBe('"limit" of check "x" (kind count): expected a number, not a text')
  const list = await told({ 'a.yaml': one(`title: "a ${S('var.tags')}"`, vars) })
  expect(list.issues[0]?.message).toBe('a list cannot stand inside a text')
})

test('SQL keeps its own dollars', async () => {
  const spec = await load({ 'a.yaml': one(`where: "a = $$x$$ and b = '{}'::text[] and c = $$${'{a}'}$$"`) })
  expect(spec.checks[0]?.spec).toMatchObject({ where: "a = $$x$$ and b = '{}'::text[] and c = $${a}$$" })
})

/** A declaration, what is given, what comes out: a value, or what is told. */
describe('a variable', () => {
  test.each<readonly [string, string, Record<string, string>, unknown]>([
    ['of its default', '{ default: a }', {}, 'a'],
    ['given', '{ default: a }', { v: 'b=c' }, 'b=c'],
    ['given where required', '{ required: true }', { v: 'b' }, 'b'],
    ['an integer', '{ default: 1 }', { v: '-20' }, -20],
    ['a large integer', '{ type: integer, required: true }', { v: '9007199254740993' }, 9007199254740993n],
    ['a number', '{ type: number, default: 1 }', { v: '2.5' }, 2.5],
    ['a boolean', '{ default: true }', { v: 'false' }, false],
    ['a text that looks like a number', '{ type: string, required: true }', { v: '5' }, '5'],
    ['missing', '{ required: true }', {}, 'variable "v" is required: give --var v=…'],
    ['a text for an integer', '{ default: 1 }', { v: 'x' }, '--var v=…: "x" is not a whole number'],
    ['a fraction for an integer', '{ default: 1 }', { v: '1.5' }, '--var v=…: "1.5" is not a whole number'],
    ['a text for a boolean', '{ default: true }', { v: 'yes' }, '--var v=…: "yes" is not true or false'],
    [
      'with a default of another type',
      '{ type: integer, default: a }',
      {},
      'the default of variable "v" is a text, not integer',
    ],
    ['with neither', '{ type: string }', {}, 'variable "v": a variable has either a default or required: true'],
    [
      'with both',
      '{ default: a, required: true }',
      {},
      'variable "v": a variable has either a default or required: true',
    ],
    [
      'of an unknown type',
      '{ type: strin, default: a }',
      {},
      '"type" of variable "v": expected string, integer, number, boolean or list',
    ],
    ['declared as a text', 'shop', {}, 'variable "v": expected a mapping, not a text'],
    ['with a reference', `{ default: "${S('var.w')}" }`, {}, '"vars" takes no ${…}'],
  ])('%s', async (_name, declared, vars, expected) => {
    const file = { 'a.yaml': around('', `vars: { v: ${declared} }\nname: "=${S('var.v')}"`).replace('checks:\n', '') }
    const { issues } = await told(file, { vars })
    if (typeof expected === 'string' && issues.length > 0)
      return expect(issues.map(({ message }) => message)).toEqual([expected])
    expect(issues).toEqual([])
    const { name } = await load(file, { vars })
    expect(name).toBe(`=${expected}`)
  })

  test('that is not declared', async () => {
    const { issues } = await told({ 'a.yaml': one('', 'vars: { stage: { default: a } }') }, { vars: { stag: 'x' } })
    expect(issues).toEqual([
      { level: 'error', message: '--var stag=…: there is no variable "stag"', hint: 'did you mean "stage"?' },
    ])
  })
})

const URL = 'postgres://u:hunter2hunter2@db/x'

describe('a secret', () => {
  const connected = (url: string, top: string): string =>
    `version: 1\n${top}\nconnections: { main: { type: postgres, url: "${url}" } }\n`

  test.each<readonly [string, string, string]>([
    ['of the environment', S('secret.db'), 'secrets: { db: { env: DATABASE_URL } }'],
    ['of a file, without its last newline', S('secret.db'), 'secrets: { db: { file: url.txt } }'],
    ['of the environment itself', S('env.DATABASE_URL'), ''],
    ['inside a text', `postgres://u:${S('secret.pw')}@db/x`, 'secrets: { pw: { env: PW } }'],
  ])('%s', async (_name, url, top) => {
    const env = { DATABASE_URL: URL, PW: 'hunter2hunter2' }
    const spec = await load({ 'a.yaml': connected(url, top), 'url.txt': `${URL}\n` }, { env })
    expect(spec.connections['main']).toMatchObject({ url: URL })
    expect(spec.secrets.map(({ value }) => value)).toEqual([url.includes('@') ? env.PW : URL])
    expect(spec.warnings).toEqual([])
  })

  test('of --env-file, beneath the environment', async () => {
    const files = {
      'a.yaml': connected(S('secret.db'), `secrets: { db: { env: DB } }\nname: "${S('env.STAGE')}"`),
      '.env': `DB='${URL}'\nSTAGE=file\n`,
    }
    const spec = await load(files, { envFile: '.env', env: { STAGE: 'process' } })
    expect(spec.connections['main']).toMatchObject({ url: URL })
    expect(spec.name).toBe('process')
    expect((await told(files, { envFile: 'gone.env' })).text).toContain(
      'error: cannot read --env-file gone.env: ENOENT\n',
    )
  })

  test.each<readonly [string, string, string]>([
    [
      'that is missing',
      'secrets: { db: { env: GONE_URL } }',
      'secret "db" is not set: the environment variable GONE_URL is missing or empty',
    ],
    [
      'that is empty',
      'secrets: { db: { env: EMPTY } }',
      'secret "db" is not set: the environment variable EMPTY is missing or empty',
    ],
    [
      'of a file that is missing',
      'secrets: { db: { file: gone } }',
      'secret "db" is not set: the file gone cannot be read (ENOENT)',
    ],
    ['that is not declared', 'secrets: { dbx: { env: HOME } }', 'there is no secret "db"'],
    ['that is a variable', 'vars: { db: { default: x } }', 'there is no secret "db"'],
    [
      'that is a variable too',
      'vars: { db: { default: x } }\nsecrets: { db: { env: HOME } }',
      '"db" is both a variable and a secret',
    ],
    ['of an unknown source', 'secrets: { db: { evn: X } }', 'unknown key "evn" in secret "db"'],
  ])('%s', async (_name, top, message) => {
    const { issues } = await told({ 'a.yaml': connected(S('secret.db'), top) }, { env: { EMPTY: '', HOME: '/root' } })
    expect(issues.map((issue) => issue.message)).toEqual([message])
  })

  test('that is missing is only warned of where nothing is to run', async () => {
    const { issues } = await told(
      { 'a.yaml': connected(S('secret.db'), 'secrets: { db: { env: GONE_URL } }') },
      { unset: 'note', strict: true },
    )
    expect(issues.map(({ level }) => level)).toEqual(['warning'])
  })

  test('that nobody refers to must be there too', async () => {
    const { issues } = await told({ 'a.yaml': one('', 'secrets: { db: { env: GONE_URL } }') })
    expect(issues.map(({ message }) => message)).toEqual([
      'secret "db" is not set: the environment variable GONE_URL is missing or empty',
    ])
  })

  test('stands only in fields marked for it', async () => {
    const env = { DATABASE_URL: URL, API_TOKEN: 'tok_123456789' }
    const top = 'secrets: { db: { env: DATABASE_URL } }'
    const allowed = await load({ 'a.yaml': one(`token: "x ${S('env.API_TOKEN')}"`, top) }, { env })
    expect(allowed.checks[0]?.spec).toMatchObject({ token: 'x tok_123456789' })
    for (const [field, message] of [
      [`title: "${S('secret.db')}"`, 'a secret may stand only in URLs, passwords, keys and header values'],
      [
        `title: "${S('env.API_TOKEN')}"`,
        '${env.API_TOKEN} has the name of a credential: it may stand only in URLs, passwords, keys and header values',
      ],
    ] as const) {
      const { issues, text } = await told({ 'a.yaml': one(field, top) }, { env })
      expect(issues.map((issue) => issue.message)).toEqual([message])
      expect(text).not.toMatch(/hunter2|tok_123/)
    }
  })

  test('with a value its field refuses is not shown', async () => {
    const file = 'version: 1\nconnections: { web: { type: http, url: "${env.WEB_URL}" } }\n'
    const { text } = await told({ 'a.yaml': file }, { env: { WEB_URL: 'not a url hunter2' } })
    expect(text).toContain('"url" of connection "web" is not valid')
    expect(text).not.toContain('hunter2')
  })
})

/** A literal credential, and what of the line is shown. */
describe('a literal credential', () => {
  test.each([
    [
      'in a URL',
      'connections: { main: { type: postgres, url: "postgres://u:hunter2@db/x" } }',
      'url: "postgres://u:*******@db/x"',
    ],
    ['in keywords', 'connections: { main: { type: postgres, url: "host=db password=hunter2" } }', 'password=*******'],
    ['as a password', 'connections: { main: { type: postgres, password: hunter2 } }', 'password: *******'],
    ['as a key', 'connections: { main: { type: s3, bucket: b, secret_key: "hunter2" } }', 'secret_key: "*******"'],
    [
      'in a header',
      'connections: { main: { type: http, url: "https://x/", headers: { Authorization: hunter2 } } }',
      'Authorization: *******',
    ],
  ])('%s', async (_name, line, shown) => {
    const file = { 'a.yaml': `version: 1\n${line}\n` }
    const { issues, text } = await told(file)
    expect(issues.map(({ level, message }) => [level, message])).toEqual([
      ['warning', 'a literal credential in connection "main"'],
    ])
    expect(text).toContain(shown)
    expect(text).not.toContain('hunter2')
    expect((await told(file, { strict: true })).issues[0]?.level).toBe('error')
    expect((await load(file)).secrets).toEqual([{ name: 'a password in connection "main"', value: 'hunter2' }])
  })

  test('is none where it is a reference, or no credential', async () => {
    const line =
      'connections: { main: { type: postgres, host: db, password: "${env.PGPASSWORD}" }, o: { type: postgres, url: "postgres://db/x" } }'
    expect((await told({ 'a.yaml': `version: 1\n${line}\n` }, { env: { PGPASSWORD: 'x' } })).text).toBe('')
  })
})
