/** Other sides that misbehave, and who talks to them: the kinds, with what each takes for a beginning. */
import type { Socket } from 'node:net'
import { closing, dripping, flooding, onceAsked, resetting, silent } from '../../fixtures/servers/scripted-tcp.js'

export interface Talker {
  /** Fields of its check, in YAML's flow form; `${port}` becomes the port of the other side, `${row}` that of its connections. */
  readonly check: string
  /** What an other side that is well would say first. */
  readonly opening: string
  /** What can be said again and again after that, and is never the end. */
  readonly piece: string
  /** Says nothing before it is asked. */
  readonly asked?: boolean
  /**
   * `reach`: it was to be reached and was not, so that the check fails at one of these steps. `read`: what it holds was
   * to be read, so that nothing can be told.
   */
  readonly is: 'read' | RegExp
}

const HTTP = {
  opening: 'HTTP/1.1 200 OK\r\ncontent-type: application/xml\r\n',
  piece: 'x-more: and more\r\n',
  asked: true,
} as const

const XML = {
  opening: `${HTTP.opening}\r\n<?xml version="1.0"?><ListBucketResult><Name>media</Name>`,
  piece: '<Contents><Key>a</Key><Size>1</Size></Contents>',
  asked: true,
} as const

/** AuthenticationOk, then notices. */
const POSTGRES = {
  opening: 'R\0\0\0\x08\0\0\0\0',
  piece: 'N\0\0\0\x10SNOTICE\0Mx\0\0',
  asked: true,
} as const

export const TALKERS: Readonly<Record<string, Talker>> = {
  tcp: {
    is: /^(connect|response|none)$/,
    check: 'kind: tcp, host: 127.0.0.1, port: ${port}, banner: true, expect: { banner: "220 mail" }',
    opening: '220 ',
    piece: 'mail and more ',
  },
  tls: {
    is: /^(connect|handshake)$/,
    check: 'kind: tls, host: 127.0.0.1, port: ${port}',
    opening: '\x16\x03\x03\x3f\xff\x02',
    piece: '\x00',
    asked: true,
  },
  'tls of smtp': {
    is: /^(connect|handshake)$/,
    check: 'kind: tls, host: 127.0.0.1, port: ${port}, starttls: smtp',
    opening: '220-mail',
    piece: ' and more\r\n220-mail',
  },
  'tls of imap': {
    is: /^(connect|handshake)$/,
    check: 'kind: tls, host: 127.0.0.1, port: ${port}, starttls: imap',
    opening: '* OK imap\r\n',
    piece: '* OK and more\r\n',
  },
  'tls of postgres': {
    is: /^(connect|handshake)$/,
    check: 'kind: tls, host: 127.0.0.1, port: ${port}, starttls: postgres',
    opening: 'S\x16\x03\x03\x3f\xff\x02',
    piece: '\x00',
    asked: true,
  },
  redis: {
    is: /^(connect|response)$/,
    check: 'kind: redis, host: 127.0.0.1, port: ${port}',
    opening: '$1000000000\r\n',
    piece: 'redis_version:7 and more\r\n',
    asked: true,
  },
  'redis of a connection': {
    is: /^(connect|response)$/,
    check: 'kind: redis, connection: redis-${row}',
    opening: '*1000000000\r\n',
    piece: '$1\r\nx\r\n',
    asked: true,
  },
  smtp: {
    is: /^(connect|response)$/,
    check: 'kind: smtp, host: 127.0.0.1, port: ${port}',
    opening: '220-mail\r\n',
    piece: '220-and more\r\n',
  },
  's3 with endless headers': { is: /^(connect|response)$/, check: 'kind: s3, connection: s3-${row}', ...HTTP },
  's3 with endless xml': { is: /^(connect|response)$/, check: 'kind: s3, connection: s3-${row}', ...XML },
  http: { is: /^(connect|response)$/, check: 'kind: http, url: "http://127.0.0.1:${port}/"', ...HTTP },
  https: {
    is: /^(connect|handshake)$/,
    check: 'kind: http, url: "https://127.0.0.1:${port}/"',
    opening: '\x16\x03\x03\x3f\xff\x02',
    piece: '\x00',
    asked: true,
  },
  postgres: { is: /^(connect|handshake|response)$/, check: 'kind: postgres, connection: pg-${row}', ...POSTGRES },
  rows: { is: 'read', check: 'kind: rows, connection: pg-${row}, table: orders, expect: { count: 1 }', ...POSTGRES },
  sql: { is: 'read', check: 'kind: sql, connection: pg-${row}, violations: "select 1 from orders"', ...POSTGRES },
  resource: {
    is: 'read',
    check: 'kind: resource, measure: connections_used, connection: pg-${row}, expect: { value: { lt: 90% } }',
    ...POSTGRES,
  },
  'worker with a queue in postgres': {
    is: 'read',
    check: 'kind: worker, queue: { connection: pg-${row}, system: pg-boss, name: mail }, expect: { waiting: 0 }',
    ...POSTGRES,
  },
  'worker with a queue in redis': {
    is: 'read',
    check: 'kind: worker, queue: { connection: redis-${row}, system: bullmq, name: mail }, expect: { waiting: 0 }',
    opening: '*1000000000\r\n',
    piece: '$1\r\nx\r\n',
    asked: true,
  },
  backup: {
    is: 'read',
    check: 'kind: backup, store: s3-${row}, match: "*.dump", expect: { newest_age: { lt: 1d } }',
    ...XML,
  },
  artifacts: {
    is: 'read',
    check:
      'kind: artifacts, rows: { connection: pg-${row}, sql: "select path from uploads", key: path }, store: s3-${row}',
    ...POSTGRES,
  },
}

export const WAYS: Readonly<Record<string, (talker: Talker) => (socket: Socket) => void>> = {
  'stays silent': () => silent,
  'says one byte a second': (talker) => begun(talker, dripping(talker.opening + talker.piece)),
  'never comes to an end': (talker) => begun(talker, flooding(talker.opening, talker.piece)),
  'hangs in the middle': (talker) => begun(talker, (socket) => socket.write(Buffer.from(talker.opening, 'latin1'))),
  'hangs up at once': () => closing,
  'resets the connection': () => resetting,
  'hangs up when asked': (talker) => begun(talker, closing),
  'talks nonsense': (talker) => begun(talker, (socket) => socket.write('\x00\xff nonsense \x1b[2J\r\n\r\n')),
}

function begun({ asked }: Talker, play: (socket: Socket) => void): (socket: Socket) => void {
  return asked === true ? onceAsked(play) : play
}

/** Says the first word at once, each further one when spoken to, and then nothing more. */
export function dialogue(words: readonly string[]): (socket: Socket) => void {
  return (socket) => {
    const [first = '', ...rest] = words
    if (first !== '') socket.write(first)
    socket.on('data', () => {
      const next = rest.shift()
      if (next !== undefined) socket.write(next)
    })
  }
}
