/** Few names for a world, of all that a file system or a bucket may hold, and near to one another: they collide, nest, sort and fold in surprising ways. */
import fc from 'fast-check'
import { type Key, keyFromLatin1, keyFromText, keyToText } from '../../../../src/lib/key.js'
import { DERIVED, derivedFrom } from './rules.js'

const SEGMENTS = [
  'a',
  'A',
  'a-b',
  'a.b',
  'b',
  'é',
  'e\u0301',
  '😀',
  '～',
  '\uffff',
  '%61',
  '+',
  '\n',
  '-',
  '.x',
  'tmp',
  '~',
  '',
  '.',
  '..',
]
const RAW = ['\xff', 'caf\xe9', '\x01', '\0', '\xc3\xa9']

const path = fc
  .array(fc.constantFrom(...SEGMENTS.map((text) => keyFromText(text) as string), ...RAW), {
    minLength: 1,
    maxLength: 3,
  })
  .map((segments) => keyFromLatin1(segments.join('/')))
const anyText = fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }).map(keyFromText)
const anyBytes = fc
  .uint8Array({ minLength: 1, maxLength: 4 })
  .map((bytes) => keyFromLatin1(String.fromCharCode(...bytes)))

const escaped = (key: Key) => [...key].map((byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')
const changed = (key: Key, change: (text: string) => string) => keyFromText(change(keyToText(key)))

/** What a move, an archive or a person makes of a name; and names that sort beside it. */
const TWISTS: readonly ((key: Key) => string)[] = [
  (key) => changed(key, (text) => text.toUpperCase()),
  (key) => changed(key, (text) => text.normalize('NFD')),
  (key) => changed(key, (text) => text.normalize('NFC')),
  escaped,
  (key) => keyFromText(key),
  (key) => `./${key}`,
  (key) => key.replace('/', '//'),
  (key) => `${key}.jpg`,
  (key) => `${key}/`,
  (key) => `${key}-b/c`,
  (key) => `${key}/b`,
  (key) => `${key}\0`,
  (key) => `a/${key}`,
  (key) => `/${key}`,
  (key) => `tmp/${key}.tmp`,
  ...DERIVED.map((pattern) => (key: Key) => derivedFrom(key, pattern)),
]

/** At least one, each once, none empty. */
export const pool: fc.Arbitrary<readonly Key[]> = fc
  .tuple(
    fc.array(fc.oneof({ weight: 4, arbitrary: path }, anyText, anyBytes), { minLength: 1, maxLength: 5 }),
    fc.array(fc.tuple(fc.nat(4), fc.constantFrom(...TWISTS)), { maxLength: 8 }),
  )
  .map(([roots, twists]) => {
    const twisted = twists.map(([index, twist]) => keyFromLatin1(twist(roots[index % roots.length] as Key)))
    return [...new Set([...roots, ...twisted])].filter((key) => key !== '')
  })
  .filter((keys) => keys.length > 0)
