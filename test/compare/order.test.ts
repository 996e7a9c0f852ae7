import { describe, expect, it } from 'vitest'
import { createOrderCheck } from '../../src/compare/order.js'
import { CheckError } from '../../src/lib/errors.js'
import { keyFromText } from '../../src/lib/key.js'

const cases: readonly {
  name: string
  pages: readonly (readonly string[])[]
  repeats?: boolean
  fails?: RegExp
}[] = [
  { name: 'nothing', pages: [[], []] },
  { name: 'byte order: - and . before /', pages: [['a', 'a-b/x', 'a.txt', 'a/x']] },
  { name: 'byte order: U+FF5E before an emoji, unlike UTF-16', pages: [['～', '😀']] },
  { name: 'byte order over pages', pages: [['a', 'b'], [], ['c']] },
  { name: 'UTF-16 order', pages: [['😀', '～']], fails: /STORE does not list in byte order: "😀" comes before "～"/ },
  { name: 'linguistic order', pages: [['a', 'B']], fails: /"a" comes before "B"/ },
  { name: 'out of order between pages', pages: [['a', 'c'], ['b']], fails: /"c" comes before "b"/ },
  { name: 'a directory sorted without its slash', pages: [['a/x', 'a-b/x']], fails: /"a\/x" comes before "a-b\/x"/ },
  { name: 'a key twice', pages: [['a', 'a']], fails: /STORE lists "a" twice/ },
  { name: 'a key twice between pages', pages: [['a'], ['a']], fails: /twice/ },
  {
    name: 'rows repeat keys',
    pages: [
      ['a', 'a'],
      ['a', 'b'],
    ],
    repeats: true,
  },
  { name: 'rows out of order', pages: [['a', 'b', 'a']], repeats: true, fails: /"b" comes before "a"/ },
]

describe('createOrderCheck', () => {
  it.each(cases)('$name', ({ pages, repeats = false, fails }) => {
    const check = createOrderCheck({ label: 'STORE', repeats })
    const run = () => {
      for (const page of pages) check(page.map((text) => ({ key: keyFromText(text) })))
    }
    if (fails === undefined) expect(run).not.toThrow()
    else {
      expect(run).toThrow(CheckError)
      const again = createOrderCheck({ label: 'STORE', repeats })
      expect(() => {
        for (const page of pages) again(page.map((text) => ({ key: keyFromText(text) })))
      }).toThrow(fails)
    }
  })
})
