/** Commands and replies of SMTP (RFC 5321) over a stream, one at a time. */
import type { Duplex } from 'node:stream'
import { type Dialogue, openDialogue } from '../dialogue.js'
import { atStep, type Step, StepFailed } from '../steps.js'

export interface SmtpReply {
  readonly code: number
  /** Without codes; at least one. */
  readonly lines: readonly string[]
}

export interface Conversation {
  /** Sends the line, where there is one, and reads the whole reply. What breaks on the way broke at this step. */
  readonly say: (line: string | undefined, step: Step) => Promise<SmtpReply>
  /** Bytes that came and were not asked for. */
  readonly unread: () => number
  /** Lets go of the stream, which stays open. */
  readonly close: () => void
}

export function converse(stream: Duplex, signal: AbortSignal): Conversation {
  const dialogue = openDialogue(stream, signal)
  return {
    say: async (line, step) => {
      try {
        return await atStep(step, signal, () => {
          if (line !== undefined) dialogue.write(`${line}\r\n`)
          return readReply(dialogue, step)
        })
      } catch (error) {
        // The lines below know only that it ended, not in the middle of what.
        if (error instanceof StepFailed && error.step !== step) {
          throw new StepFailed(step, error.message, { cause: error })
        }
        throw error
      }
    },
    unread: dialogue.unread,
    close: dialogue.close,
  }
}

async function readReply(dialogue: Dialogue, step: Step): Promise<SmtpReply> {
  const lines: string[] = []
  for (;;) {
    const line = await dialogue.line()
    const [, code, more, text = ''] = /^(\d{3})([ -]|$)(.*)$/.exec(line) ?? []
    if (code === undefined) throw new StepFailed(step, 'what answers does not speak SMTP')
    lines.push(text.trim())
    if (more !== '-') return { code: Number(code), lines }
  }
}

const SHOWN = 160

/** `550 5.7.1 blocked by policy`: the server's reason is what whoever reads it has to act on. */
export function replyText({ code, lines }: SmtpReply): string {
  const text = lines.join(' ').trim()
  return `${code}${text === '' ? '' : ` ${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}`}`
}

export function unexpected(reply: SmtpReply, step: Step, after: string): StepFailed {
  return new StepFailed(step, `the server answers ${after} with ${replyText(reply)}`)
}
