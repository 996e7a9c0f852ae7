/** A files connection says where it is looked at from; that place must be there, and be a host reached by ssh. */
import { expect, test } from 'vitest'
import { connectionSchema } from '../../src/connections/schema.js'
import { vantageText } from '../../src/vantage/schema.js'
import { ok } from './issue-cases.js'
import { told } from './load.js'

test.each([
  ['local', 'local'],
  [{ container: 'web' }, 'container web'],
  [{ container: { compose_service: 'web', user: 'app' } }, 'container of service web as app'],
  [{ container: { label: 'role=web' } }, 'container with label role=web'],
  [{ pod: { selector: 'app=web', namespace: 'shop', container: 'php' } }, 'pod app=web in shop, container php'],
  [{ ssh: 'old' }, 'ssh old'],
])('%j is told as %s', (from, words) => {
  const spec = connectionSchema.parse({ type: 'files', root: '/srv', from })
  if (spec.type !== 'files' || spec.from === undefined) return expect.fail('it has a place')
  expect(vantageText(spec.from)).toBe(words)
})

test.each([
  [
    'a host that is not declared',
    'ssh: odl',
    'there is no connection "odl", from which connection "uploads" is looked at',
  ],
  [
    'a connection of another type',
    'ssh: other',
    'connection "other" is of type files; connection "uploads" needs one of type ssh to be looked at from',
  ],
])('%s is told', async (_name, from, message) => {
  expect(await problemsOf(`{ type: files, root: /srv, from: { ${from} } }`)).toEqual([message])
})

test('a relative root has no meaning elsewhere', async () => {
  expect(await problemsOf('{ type: files, root: srv, from: { ssh: old } }')).toEqual([
    'connection "uploads" is looked at from ssh old, where only an absolute root has a meaning',
  ])
})

test('a host that is declared is taken', async () => {
  expect(await problemsOf('{ type: files, root: /srv, from: { ssh: old } }')).toEqual([])
})

async function problemsOf(uploads: string): Promise<readonly string[]> {
  const { issues } = await told({
    'a.yaml': `version: 1
connections:
  main: { type: postgres, host: db }
  old: { type: ssh, host: old.example.net }
  other: { type: files, root: /tmp }
  uploads: ${uploads}
checks:
  - { id: x, kind: count, owner: me, severity: low, remediation: r, ${ok} }
`,
  })
  return issues.map(({ message }) => message)
}
