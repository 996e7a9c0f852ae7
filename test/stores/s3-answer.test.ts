import { describe, expect, it } from 'vitest'
import { type Answer, createAnswerReader, createRoom } from '../../src/stores/s3/answer-reader.js'

const OK = 'HTTP/1.1 200 OK\r\n'

/** The answers in these bytes, which arrive in pieces cut at `cuts`; with `end` the connection ends behind them. */
function read(text: string, cuts: readonly number[] = [], end = false) {
  const reader = createAnswerReader(createRoom())
  const answers: (Omit<Answer, 'body'> & { readonly body: string })[] = []
  const took = (answer: Answer | undefined) => {
    if (answer === undefined) return
    const { status, reusable, body } = answer
    answers.push({ status, reusable, body: body.toString('latin1') })
  }
  let at = 0
  for (const cut of [...cuts, text.length]) {
    while (at < cut) {
      const length = reader.room().write(text.slice(at, cut), 'latin1')
      at += length
      took(reader.filled(length))
    }
  }
  if (end) took(reader.ended())
  return answers
}

const ANSWERS: readonly (readonly [string, string, string, boolean])[] = [
  ['a length', `${OK}Content-Length: 5\r\n\r\nhello`, 'hello', true],
  ['a length of nothing', `${OK}content-length:0\r\n\r\n`, '', true],
  ['chunks', `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;of=no;use\r\nllo\r\n0\r\n\r\n`, 'hello', true],
  [
    'chunks and a trailer',
    `${OK}Transfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\nx: y\r\nz: a\r\n\r\n`,
    'hello',
    true,
  ],
  [
    'chunks with line ends in them',
    `${OK}transfer-encoding: chunked\r\n\r\n4\r\n\r\n\r\n\r\n00\r\n\r\n`,
    '\r\n\r\n',
    true,
  ],
  ['another answer before', `HTTP/1.1 100 Continue\r\n\r\n${OK}content-length: 2\r\n\r\nok`, 'ok', true],
  ['a connection that is to end', `${OK}content-length: 2\r\nConnection: close\r\n\r\nok`, 'ok', false],
  ['the version before', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok', 'ok', false],
  ['the version before, kept', 'HTTP/1.0 200\r\ncontent-length: 2\r\nconnection: Keep-Alive\r\n\r\nok', 'ok', true],
]

describe('an answer', () => {
  it.each(ANSWERS)('with %s, in one piece and cut anywhere', (_, text, body, reusable) => {
    const expected = [{ status: 200, reusable, body }]
    expect(read(text)).toEqual(expected)
    for (let cut = 1; cut < text.length; cut++) expect(read(text, [cut]), `cut at ${cut}`).toEqual(expected)
    expect(
      read(
        text,
        Array.from({ length: text.length }, (_, index) => index),
      ),
    ).toEqual(expected)
  })

  it.each(ANSWERS)('with %s is none before it is whole', (_, text) => {
    for (let length = 0; length < text.length; length++) expect(read(text.slice(0, length), [], true)).toEqual([])
  })

  it('without a length ends with the connection', () => {
    const text = `${OK}server: x\r\n\r\nhello`
    expect(read(text)).toEqual([])
    expect(read(text, [30], true)).toEqual([{ status: 200, reusable: false, body: 'hello' }])
  })

  it('of a status without a body has none', () => {
    expect(read('HTTP/1.1 204 No Content\r\n\r\n')).toEqual([{ status: 204, reusable: true, body: '' }])
  })

  it('with more behind it than belongs to it is the last one of its connection', () => {
    expect(read(`${OK}content-length: 2\r\n\r\nokHTTP/1.1 200 OK`)).toMatchObject([{ body: 'ok', reusable: false }])
  })

  it('larger than the room that was there', () => {
    const body = 'x'.repeat(900_000)
    expect(read(`${OK}content-length: ${body.length}\r\n\r\n${body}`)).toEqual([{ status: 200, reusable: true, body }])
  })

  it('of one connection and of another, in pieces, from the same room', () => {
    const room = createRoom()
    const [one, two] = [createAnswerReader(room), createAnswerReader(room)]
    const put = (reader: typeof one, text: string) =>
      reader.filled(reader.room().write(text, 'latin1'))?.body.toString()
    expect(put(one, `${OK}content-length: 6\r\n\r\none`)).toBeUndefined()
    expect(put(two, `${OK}content-length: 6\r\n\r\nTWO`)).toBeUndefined()
    expect(put(one, 'one')).toBe('oneone')
    expect(put(two, 'TWO')).toBe('TWOTWO')
    expect(put(one, `${OK}content-length: 3\r\n\r\none`)).toBe('one')
  })

  it('and another in the same room', () => {
    const one = `${OK}content-length: 3\r\n\r\none`
    const two = `${OK}content-length: 3\r\n\r\ntwo`
    expect(read(one + two, [one.length]).map(({ body }) => body)).toEqual(['one', 'two'])
  })
})

describe('what is no answer is an error', () => {
  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['a status that is none', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a length that is none', `${OK}content-length: -1\r\n\r\n`],
    ['a coding nobody knows', `${OK}transfer-encoding: gzip, chunked\r\n\r\n`],
    ['a line that is no header', `${OK}what is this\r\n\r\n`],
    ['a chunk without a length', `${OK}transfer-encoding: chunked\r\n\r\nhello\r\n`],
    ['a chunk of another length', `${OK}transfer-encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n`],
    ['a head without end', OK + 'x: y\r\n'.repeat(20_000)],
    ['a body without end', `${OK}content-length: 99999999\r\n\r\n${'x'.repeat(17 * 1024 * 1024)}`],
  ])('%s', (_, text) => {
    expect(() => read(text)).toThrow(/does not speak HTTP/)
  })
})
