/** Asks a server that begins in the clear to go on in TLS. Nothing but that is said to it. */
import type { Duplex } from 'node:stream'
import { type Dialogue, openDialogue } from './dialogue.js'
import type { StartTls } from './starttls-names.js'
import { StepFailed } from './steps.js'

/** The stream is then where the handshake begins. */
export async function startTls(stream: Duplex, protocol: StartTls, signal: AbortSignal): Promise<void> {
  const dialogue = openDialogue(stream, signal)
  try {
    await ASK[protocol](dialogue)
    // What is sent in the clear behind the consent would be taken for the first words inside TLS.
    if (dialogue.unread() > 0)
      throw new StepFailed('handshake', 'the server went on in the clear after it agreed to TLS')
  } finally {
    dialogue.close()
  }
}

const ASK: Readonly<Record<StartTls, (dialogue: Dialogue) => Promise<void>>> = {
  smtp: async (dialogue) => {
    await reply(dialogue, 'smtp', '220')
    dialogue.write('EHLO postflight.invalid\r\n')
    const features = await reply(dialogue, 'smtp', '250')
    if (!features.some((line) => /^.{4}STARTTLS\b/i.test(line))) throw noTls('smtp')
    dialogue.write('STARTTLS\r\n')
    await reply(dialogue, 'smtp', '220')
  },
  ftp: async (dialogue) => {
    await reply(dialogue, 'ftp', '220')
    dialogue.write('AUTH TLS\r\n')
    await reply(dialogue, 'ftp', '234')
  },
  imap: async (dialogue) => {
    expectLine(await dialogue.line(), /^\* (OK|PREAUTH)\b/i, 'imap')
    dialogue.write('a1 STARTTLS\r\n')
    for (;;) {
      const line = await dialogue.line()
      if (line.startsWith('* ')) continue
      if (!/^a1 OK\b/i.test(line)) throw noTls('imap')
      return
    }
  },
  pop3: async (dialogue) => {
    expectLine(await dialogue.line(), /^\+OK\b/i, 'pop3')
    dialogue.write('STLS\r\n')
    if (!/^\+OK\b/i.test(await dialogue.line())) throw noTls('pop3')
  },
  postgres: async (dialogue) => {
    // SSLRequest: length 8, code 80877103.
    dialogue.write(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]))
    const answer = String.fromCharCode(await dialogue.byte())
    if (answer === 'N') throw noTls('postgres')
    if (answer !== 'S') throw stranger('postgres')
  },
}

/** Lines of one answer: `250-…`, and `250 …` at its end. */
async function reply(dialogue: Dialogue, protocol: StartTls, code: string): Promise<readonly string[]> {
  const lines: string[] = []
  for (;;) {
    const line = await dialogue.line()
    const [, got, more] = /^(\d{3})([ -]|$)/.exec(line) ?? []
    if (got === undefined && lines.length === 0) throw stranger(protocol)
    lines.push(line)
    if (got === undefined || more === '-') continue
    if (got !== code)
      throw new StepFailed('handshake', `the server answers ${got} where ${protocol} has ${code}: no TLS`)
    return lines
  }
}

function expectLine(line: string, form: RegExp, protocol: StartTls): void {
  if (!form.test(line)) throw stranger(protocol)
}

function noTls(protocol: StartTls): StepFailed {
  return new StepFailed('handshake', `the ${protocol} server does not offer TLS`)
}

function stranger(protocol: StartTls): StepFailed {
  return new StepFailed('handshake', `what answers does not speak ${protocol}`)
}
