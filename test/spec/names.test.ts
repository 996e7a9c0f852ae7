import { expect, test } from 'vitest'
import { around, told } from './load.js'

const NAMES = ['constructor', '__proto__', 'toString', 'hasOwnProperty']
const ok = 'connection: main, table: t'

/** Names that every object of the language this is written in has. */
test.each(NAMES)('%s is a name like any other', async (name) => {
  const key = await told({
    'a.yaml': around(`  - { id: x, kind: count, ${ok}, expect: { count: 1 }, ${name}: { a: "\${env.HOME}" } }`),
  })
  expect(key.text).toContain(`unknown key "${name}"`)
  const subject = await told({ 'a.yaml': around(`  - { id: x, kind: count, ${ok}, expect: { ${name}: 1 } }`) })
  expect(subject.text).toContain(`unknown subject "${name}"`)
  const variable = await told({
    'a.yaml': around(`  - { id: x, kind: count, ${ok}, title: "\${env.${name}}", expect: { count: 1 } }`),
  })
  expect(variable.text).toContain(`the environment variable ${name} is not set`)
  expect(Object.prototype).not.toHaveProperty('a')
})
