import type { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tapCopyData } from '../../src/postgres/copy-tap.js'
import { createLineKeeper, rowsOf, rowsOfPiece } from '../../src/postgres/copy-text.js'
import type { Row } from '../../src/postgres/source.js'

function message(type: string, body: Uint8Array): Buffer {
  const head = Buffer.alloc(5)
  head.write(type, 'latin1')
  head.writeUInt32BE(4 + body.length, 1)
  return Buffer.concat([head, body])
}

/** What arrives in chunks of these sizes, over and over. */
function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const size = sizes[index % sizes.length] ?? bytes.length
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}

const messages = fc.array(fc.tuple(fc.constantFrom('d', 'd', 'd', 'S', 'N'), fc.uint8Array({ maxLength: 30 })), {
  maxLength: 30,
})
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })

describe('tapCopyData', () => {
  it('takes CopyData and hands on the rest, however the bytes arrive, until it is told to end', () => {
    fc.assert(
      fc.property(messages, messages, sizes, (before, after, sizes) => {
        const stream = new PassThrough() as unknown as Socket
        const passed: Buffer[] = []
        const taken: Buffer[] = []
        let untap = () => {}
        stream.on('data', (bytes: Buffer) => {
          passed.push(Buffer.from(bytes))
          if (bytes[0] === 'Z'.charCodeAt(0)) untap()
        })
        untap = tapCopyData(stream, (bytes, spans, count) => {
          for (let at = 0; at < 2 * count; at += 2) taken.push(Buffer.from(bytes.subarray(spans[at], spans[at + 1])))
        })
        const all = [...before, ['Z', new Uint8Array()] as const, ...after].map(([type, body]) => message(type, body))
        for (const chunk of cut(Buffer.concat(all), sizes)) stream.emit('data', chunk)
        const rest = [...before.filter(([type]) => type !== 'd'), ['Z', new Uint8Array()] as const, ...after]
        expect(taken).toEqual(before.filter(([type]) => type === 'd').map(([, body]) => Buffer.from(body)))
        expect(Buffer.concat(passed)).toEqual(Buffer.concat(rest.map(([type, body]) => message(type, body))))
        expect(stream.listenerCount('data')).toBe(1)
      }),
      { numRuns: 300 },
    )
  })
})

describe('createLineKeeper, rowsOf, rowsOfPiece', () => {
  const cell = fc.option(fc.string({ unit: fc.constantFrom('a', '\\', '\t', '\n', 'é', '\r'), maxLength: 6 }), {
    nil: null,
  })
  const written = (text: string | null) =>
    text === null
      ? '\\N'
      : text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r')

  it('gives the cells that were written, in messages of a row and in messages cut anywhere', () => {
    const rows = fc
      .integer({ min: 1, max: 3 })
      .chain((columns) =>
        fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 20 }),
      )
    fc.assert(
      fc.property(rows, fc.option(sizes, { nil: undefined }), fc.integer({ min: 1, max: 9 }), (rows, sizes, calls) => {
        const lines = rows.map((row) => `${row.map(written).join('\t')}\n`)
        const parts =
          sizes === undefined
            ? lines
            : cut(Buffer.from(lines.join(''), 'latin1'), sizes).map((part) => part.toString('latin1'))
        const bytea = rows[0]?.map(() => false) ?? []
        const keep = createLineKeeper()
        const found: Row[] = []
        for (let from = 0; from < parts.length; from += calls) {
          const { text, spans } = laidOut(parts.slice(from, from + calls))
          const whole = keep(Buffer.from(text, 'latin1'), Uint32Array.from(spans), spans.length / 2)
          const all = rowsOf(whole, bytea)
          expect(Array.from({ length: whole.count }, (_, index) => rowsOfPiece(whole, index, bytea)).flat()).toEqual(
            all,
          )
          found.push(...all)
        }
        expect(found).toEqual(rows)
      }),
      { numRuns: 500 },
    )
  })
})

/** Bytes of headers lie between the contents; a backslash among them is none of a row. */
function laidOut(parts: readonly string[]): { readonly text: string; readonly spans: readonly number[] } {
  const text = parts.map((part) => `d\\\n\t\0${part}`).join('')
  const spans: number[] = []
  let at = 0
  for (const part of parts) {
    spans.push(at + 5, at + 5 + part.length)
    at += 5 + part.length
  }
  return { text, spans }
}
