import { expect, it } from 'vitest'
import { kinds } from '../../src/kinds/index.js'
import { load, told } from './load.js'

const file = (checks: string) => ({
  'a.yaml': `version: 1
connections:
  files: { type: files, root: /srv/backups }
  main: { type: postgres, host: db.example.net }
defaults: { owner: me, severity: high, remediation: see to it }
checks:
${checks}`,
})
const dump = (id: string, restore: string) =>
  `  - { id: ${id}, kind: backup, store: files, match: "*.dump", restore: { server: main, ${restore} } }\n`
const rows = (id: string, more: string) => `  - { id: ${id}, kind: rows, table: t, expect: { count: 1 }, ${more} }\n`

it.each([
  ['directly', rows('a', 'connection: restored, requires: [dump]')],
  [
    'through another',
    rows('a', 'connection: main, requires: [dump]') + rows('b', 'connection: restored, requires: [a]'),
  ],
])('a connection that a check makes may be used by who requires it %s', async (_, users) => {
  const { checks } = await load(file(dump('dump', 'as: restored') + users), { kinds })
  expect(checks.at(-1)?.uses).toEqual(['restored'])
})

it.each([
  [
    'does not require it',
    dump('dump', 'as: restored') + rows('a', 'connection: restored'),
    'check "a" uses connection "restored", which is made by check "dump", and does not require it',
    'add requires: [dump]',
  ],
  [
    'misspells it',
    dump('dump', 'as: restored') + rows('a', 'connection: restord, requires: [dump]'),
    'there is no connection "restord", which check "a" (kind rows) uses',
    'did you mean "restored"?',
  ],
  [
    'takes it for a store',
    `${dump('dump', 'as: restored')}  - { id: a, kind: backup, store: restored, match: x, requires: [dump] }\n`,
    'connection "restored" is of type postgres; check "a" (kind backup) needs files or s3 or http here',
    'one of files',
  ],
  [
    'offers what is declared',
    dump('dump', 'as: main'),
    'check "dump" offers a connection "main", which is declared already',
    'choose another name with as:',
  ],
  [
    'offers what another does',
    dump('dump', 'as: restored') + dump('other', 'as: restored'),
    'checks "dump" and "other" both offer a connection "restored"',
    'choose another name with as:',
  ],
])('a check that %s is an error', async (_, checks, message, hint) => {
  const { text } = await told(file(checks), { kinds })
  expect(text).toContain(message)
  expect(text).toContain(hint)
})
