import { describe, expect, test } from 'vitest'
import { compileRewrite, patternProblem, type RewriteOp } from '../../src/compare/rewrite.js'
import { keyFromLatin1, keyFromText } from '../../src/lib/key.js'

describe('rewriting keys', () => {
  const cases: readonly (readonly [
    name: string,
    ops: readonly RewriteOp[],
    from: string,
    to: string,
    applied: boolean,
  ])[] = [
    ['nothing to do', [], 'a', 'a', false],
    ['strip', [{ strip_prefix: '/srv/' }], '/srv/a', 'a', true],
    ['strip, where it is not', [{ strip_prefix: '/srv/' }], 'srv/a', 'srv/a', false],
    ['strip once', [{ strip_prefix: 'a/' }], 'a/a/b', 'a/b', true],
    ['strip text beyond ASCII', [{ strip_prefix: 'é/' }], 'é/ö', 'ö', true],
    ['add', [{ add_prefix: 'ü/' }], 'a', 'ü/a', true],
    ['one after the other', [{ strip_prefix: 'a/' }, { add_prefix: 'b/' }], 'a/c', 'b/c', true],
    ['a URL', [{ url_path: true }], 'https://cdn.example.net:8443/up/a%20b.txt?v=1#x', 'up/a%20b.txt', true],
    ['a URL without a scheme', [{ url_path: true }], '//cdn/up/a', 'up/a', true],
    ['a URL with a newline in its query', [{ url_path: true }], 'https://h/a?b\nc', 'a', true],
    ['no URL', [{ url_path: true }], 'up/a?b', 'up/a?b', false],
    ['a URL without a path', [{ url_path: true }], 'https://h', '', true],
    ['decode', [{ url_decode: true }], 'a%20b%C3%A9', 'a bé', true],
    ['decode once', [{ url_decode: true }], 'a%2520', 'a%20', true],
    ['a plus is a plus, a broken escape stays', [{ url_decode: true }], 'a+b%zz%4', 'a+b%zz%4', false],
    ['regex', [{ regex: ['^/(\\w+)/', '$1-'] }], '/up/a/b', 'up-a/b', true],
    ['regex, every match', [{ regex: ['//+', '/'] }], 'a//b///c', 'a/b/c', true],
    ['regex, no match', [{ regex: ['x', 'y'] }], 'a', 'a', false],
    ['regex on text', [{ regex: ['^.', ''] }], 'éa', 'a', true],
    ['regex, text beyond ASCII put in', [{ regex: ['a', 'é'] }], 'a😀', 'é😀', true],
  ]
  test.each(cases)('%s', (_, ops, from, to, applied) => {
    expect(compileRewrite(ops)(keyFromText(from))).toEqual({ key: keyFromText(to), applied })
  })

  test('bytes that are not UTF-8 survive', () => {
    const rewrite = compileRewrite([{ regex: ['^up/', 'é/'] }])
    expect(rewrite(keyFromLatin1('up/caf\xe9')).key).toBe(`${keyFromText('é/')}caf\xe9`)
    expect(compileRewrite([{ url_decode: true }])(keyFromText('caf%E9')).key).toBe('caf\xe9')
  })

  test('what RE2 cannot do is told', () => {
    expect(patternProblem('a+')).toBeUndefined()
    expect(patternProblem('(?=a)')).toMatch(/./)
    expect(patternProblem('(')).toMatch(/./)
  })
})
