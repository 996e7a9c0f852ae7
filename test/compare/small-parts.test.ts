import { describe, expect, test } from 'vitest'
import { sizeAgrees, sizeToken, strictest } from '../../src/compare/declared-size.js'
import { compileDerived, derivedProblem } from '../../src/compare/derived.js'
import { compileGlobs } from '../../src/compare/globs.js'
import { applyPrefixChange, commonDirectory, createHistogram, prefixChange } from '../../src/compare/plausibility.js'
import { boundAt95, inSample, parseSample, stableHash } from '../../src/compare/sampling.js'
import { keyFromLatin1, keyFromText } from '../../src/lib/key.js'

describe('declared sizes', () => {
  test.each([
    ['5', 1, 0, 5, true],
    ['5', 1, 0, 6, false],
    ['05', 1, 0, 5, true],
    ['5.0', 1, 0, 5, true],
    ['5e3', 1, 0, 5000, true],
    ['9007199254740993', 1, 0, 9007199254740992, false],
    ['9007199254740992', 1, 0, 9007199254740992, true],
    ['1.5', 1024, 0, 1536, true],
    ['12.34', 1000, 5, 12344, true],
    ['12.34', 1000, 5, 12346, false],
    ['12.34', 1000, 5, 12335, true],
    ['0', 1, 0, 0, true],
  ] as const)('%s × %i ± %i against %i: %s', (text, unit, tolerance, actual, agrees) => {
    expect(sizeAgrees(sizeToken(text, unit, tolerance) ?? '', actual)).toBe(agrees)
  })
  test.each(['-1', 'NaN', '', ' 5', '1e999', '0x10', 'Infinity', '5 kB'])('%j is no size', (text) => {
    expect(sizeToken(text, 1, 0)).toBeUndefined()
  })
})

test.each([
  [['5', '5~2'], ['5']],
  [
    ['10~5', '11~5', '12~5', '13~5'],
    ['10~5', '13~5'],
  ],
  [
    ['10~5', '!', '12~1', '13~5'],
    ['!', '12~1'],
  ],
])('the strictest of sizes %j: %j', (tokens, kept) => {
  expect(strictest(tokens)).toEqual(kept)
})

describe('globs', () => {
  test.each([
    ['**/.DS_Store', '.DS_Store', true],
    ['**/.DS_Store', 'a/b/.DS_Store', true],
    ['**/.DS_Store', 'a/DS_Store', false],
    ['tmp/**', 'tmp/a/.b', true],
    ['tmp/**', 'tmp/a\nb', true],
    ['tmp/**', 'tmp2/a', false],
    ['tmp/**', 'tmp/./a', true],
    ['**/.x', 'a/../.x', true],
    ['*.tmp', 'a/b.tmp', false],
    ['*.tmp', 'b\\c.tmp', true],
    ['a?', 'aé', true],
    ['A*', 'ab', false],
    ['{a,b}/*', 'b/x', true],
    ['é*', 'é1', true],
  ])('%s on %j: %s', (glob, key, matches) => {
    expect(compileGlobs([glob])(keyFromText(key))).toBe(matches)
  })
  test('none ignores nothing', () => expect(compileGlobs([])(keyFromText('a'))).toBe(false))
})

describe('derived keys', () => {
  test.each([
    ['thumbs/{key}.webp', 'p/a.jpg', 'thumbs/p/a.jpg.webp'],
    ['{dir}/small/{name}', 'p/q/a.jpg', 'p/q/small/a.jpg'],
    ['{dir}/small/{name}', 'a.jpg', 'small/a.jpg'],
    ['t/{dir}/{stem}_s.{ext}', 'a.b.jpg', 't/a.b_s.jpg'],
    ['{stem}_s.{ext}', 'README', 'README_s'],
    ['{dir}/{stem}.webp', 'p/.hidden', 'p/.hidden.webp'],
    ['{key}.é', 'a', 'a.é'],
  ])('%s of %s', (pattern, key, derived) => {
    expect(compileDerived(pattern)(keyFromText(key))).toBe(keyFromText(derived))
  })
  test.each([
    ['{kye}.x', /\{kye\} is not one of/],
    ['thumbs/all.webp', /names no parent/],
    ['{dir}/x', /names no parent/],
  ])('%s is no pattern', (pattern, problem) => expect(derivedProblem(pattern)).toMatch(problem))
})

describe('samples', () => {
  test.each([
    ['1/100', { slice: 1, slices: 100 }],
    ['3/3', { slice: 3, slices: 3 }],
    ['0/3', undefined],
    ['4/3', undefined],
    ['1', undefined],
    ['1/0', undefined],
    ['1%', undefined],
  ])('%s', (text, sample) => expect(parseSample(text)).toEqual(sample))
  test('slices are disjoint, even, and the same in every version', () => {
    const keys = Array.from({ length: 10_000 }, (_, index) => keyFromText(`2019/photo-${index}.jpg`))
    const slices = [1, 2, 3, 4].map((slice) => keys.filter((key) => inSample(key, { slice, slices: 4 })).length)
    expect(slices.reduce((sum, size) => sum + size, 0)).toBe(10_000)
    for (const size of slices) expect(Math.abs(size - 2500)).toBeLessThan(200)
    expect(['', 'a', '2019/a b.txt', 'é'].map((text) => stableHash(keyFromText(text)))).toEqual(HASHES)
  })
  test.each([
    [3000, '0.1'],
    [300, '1'],
    [30, '9.6'],
    [1, '95'],
    [3_000_000, '0.0001'],
  ])('0 bad of %i: under %s %%', (examined, bound) => {
    expect(boundAt95(examined)).toBe(bound)
  })
})

// Computed by another implementation.
const HASHES = [2872998923, 444641715, 2047531113, 2387039943]

describe('one cause behind many findings', () => {
  test.each([
    ['/usr/src/app/2019/a.txt', '2019/a.txt', '/usr/src/app/', ''],
    ['2019/a.txt', 'data/2019/a.txt', '', 'data/'],
    ['upload/2019/a', 'data/2019/a', 'upload/', 'data/'],
    ['uploada/b', 'data/b', 'uploada/', 'data/'],
    ['/a', 'a', '/', ''],
    ['xa', 'a', undefined, undefined],
    ['a/b', 'a/c', undefined, undefined],
  ])('%s → %s', (missing, found, strip, add) => {
    const change = prefixChange(keyFromText(missing), keyFromText(found))
    expect(change).toEqual(strip === undefined ? undefined : { strip, add })
    if (change !== undefined) expect(applyPrefixChange(keyFromText(missing), change)).toBe(found)
  })
  test.each([
    ['2019/a', '2019/z', '2019/'],
    ['2019/a/b', '2019/a/c', '2019/a/'],
    ['a', 'b', ''],
    ['/a', 'b', ''],
    ['/a', '/b', '/'],
    ['2019x', '2019y', ''],
    ['a/x', 'a/x', 'a/'],
  ])('between %s and %s: %s', (first, last, directory) =>
    expect(commonDirectory(keyFromText(first), keyFromText(last))).toBe(directory),
  )
  test('a histogram stays small', () => {
    const histogram = createHistogram(2)
    for (const value of ['a', 'b', 'c', 'b', 'c', 'c']) histogram.add(value)
    expect(histogram.top()).toEqual(['b', 2])
    expect(createHistogram(2).top()).toBeUndefined()
  })
  test('bytes are compared as bytes', () => {
    expect(prefixChange(keyFromLatin1('\xe9/a'), keyFromLatin1('b/a'))).toEqual({ strip: '\xe9/', add: 'b/' })
  })
})
