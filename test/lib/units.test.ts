import { describe, expect, it } from 'vitest'
import { formatDuration, formatSize, parseDuration, parsePercent, parseSize } from '../../src/lib/units.js'

describe('units', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5h', 5_400_000],
    ['7d', 604_800_000],
    ['30', undefined],
    ['30 s', undefined],
    ['-5s', undefined],
    ['5min', undefined],
    ['', undefined],
  ])('reads duration %j as %j', (text, ms) => expect(parseDuration(text)).toBe(ms))

  it.each([
    ['512KiB', 524_288],
    ['10MB', 10_000_000],
    ['2kB', 2000],
    ['5B', 5],
    ['1.5GiB', 1_610_612_736],
    ['10', undefined],
    ['10mb', undefined],
    ['10iB', undefined],
  ])('reads size %j as %j', (text, bytes) => expect(parseSize(text)).toBe(bytes))

  it.each([
    ['85%', '85'],
    ['0.1%', '0.1'],
    ['85', undefined],
    ['%', undefined],
  ])('reads percent %j as %j', (text, number) => expect(parsePercent(text)).toBe(number))

  it.each([
    [0, '0s'],
    [0.04, '0.1ms'],
    [1.26, '1.3ms'],
    [-273_600_000, '-3d 4h'],
    [950, '950ms'],
    [12_340, '12.3s'],
    [60_000, '1m'],
    [250_000, '4m 10s'],
    [7_500_000, '2h 5m'],
    [273_600_000, '3d 4h'],
  ])('says %d ms as %j', (ms, text) => expect(formatDuration(ms)).toBe(text))

  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [2 ** 31, '2.0 GiB'],
  ])('says %d bytes as %j', (bytes, text) => expect(formatSize(bytes)).toBe(text))
})
