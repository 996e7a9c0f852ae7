/** What is told of a store held against a manifest: a record has entries, and no rows. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { presentArtifact } from '../../../src/kinds/artifacts/present.js'
import { keyFromText } from '../../../src/lib/key.js'
import { holdAgainst, take } from '../../snapshot/record.js'
import { directoryOf } from '../../support/run-cli.js'
import { createTree, type Tree } from './tree.js'

let place: ReturnType<typeof directoryOf>
let tree: Tree
beforeEach(async () => {
  place = directoryOf()
  tree = createTree()
  for (const key of ['a/1', 'a/2', 'a/3', 'b/1']) tree.put(keyFromText(key), 'x')
  checks('')
  expect((await take({ cwd: place.path, env: {} })).code).toBe(0)
})
afterEach(() => {
  place.remove()
  tree.remove()
})

const checks = (more: string): void =>
  writeFileSync(
    join(place.path, 'postflight.yaml'),
    `version: 1
connections: { uploads: { type: files, root: ${tree.root} } }
defaults: { owner: team-shop, severity: high, remediation: Copy them. }
checks:
  - { id: kept, kind: artifacts, store: uploads, manifest: {}${more} }
`,
  )

/** All that is told in words. */
async function told(more = '') {
  checks(more)
  const { ends, findings } = await holdAgainst({ cwd: place.path, env: {} })
  const found = findings['kept'] ?? []
  const { notes = [], gaps = [], diagnoses = [], message } = ends['kept'] ?? {}
  const presented = found.map(presentArtifact)
  expect(JSON.stringify({ notes, gaps, diagnoses, message, found, presented })).not.toMatch(/\brows?\b/)
  return { notes, diagnoses, message, presented, found }
}

it('names the record where new entries have something in common', async () => {
  for (let n = 0; n < 8; n++) tree.put(keyFromText(`new/${n}`), 'x')
  const { diagnoses, presented } = await told()
  expect(diagnoses).toEqual([{ summary: 'All 8 entries the record does not have lie below "new/"' }])
  expect(presented[0]).toEqual({ headline: 'new/0: is not in the record', detail: ['actual 1 byte'] })
})

it('names it where entries need not be in it', async () => {
  for (const key of ['tmp/1', 'a/1.webp']) tree.put(keyFromText(key), 'x')
  const { notes } = await told(', ignore: ["tmp/**"], derived: [{ match: "{key}.webp" }]')
  expect(notes).toContain('1 entry that the record does not have are ignored')
  expect(notes).toContain('1 entry belong to their parent, which the record has')
  expect((await told(', grace: 1h')).notes).toContain(
    '2 entries that the record does not have are younger than the grace',
  )
})

it('counts its entries where a rewrite leaves them as they are', async () => {
  const { notes } = await told(', rewrite: [{ strip_prefix: b/ }]')
  expect(notes).toContain('no rewrite applied to 3 entries of the record')
})

it('counts its keys where a rewrite makes two of them one', async () => {
  tree.put(keyFromText('one'), 'x')
  const { found } = await told(', rewrite: [{ regex: ["^(a|b)/1", "one"] }], expect: { duplicate_refs: 0 }')
  expect(found).toContainEqual({
    finding: 'duplicate_refs',
    key: 'one',
    reason: '2 keys of the record are rewritten to it',
  })
})

it('says that neither has anything', async () => {
  rmSync(tree.root, { recursive: true })
  tree = createTree()
  checks(', plausible: { empty_rows: allow, empty_store: allow }')
  await take({ cwd: place.path, env: {} }, { force: true })
  expect((await told(', plausible: { empty_rows: allow }')).message).toMatch(/^neither record nor store has entries/)
})
