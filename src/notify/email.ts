/** E-mail by SMTP: plain text. nodemailer makes the message and speaks the protocol. */
import { getSystemErrorName } from 'node:util'
import * as z from 'zod'
import { reasonOf } from '../probes/reason.js'
import { defineChannel, isHere, NotSent, routeSchema, type Sending, secretText } from './channel.js'
import { cut, type Notice } from './notice.js'
import { dedupKeyOf } from './pagerduty.js'
import { linesOf, summaryOf } from './words.js'

/** A bare address: nothing that a header or a list of addresses could be cut at. */
const mailbox = (description: string) =>
  z
    .string()
    .regex(/^[^\s<>()[\]\\,;:"@\p{C}]+@[^\s<>()[\]\\,;:"@\p{C}]+$/u, 'an address is name@host')
    .meta({ description })

const shape = {
  host: z.string().min(1).meta({ description: 'Host name of the mail server.' }),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .meta({ description: 'Port; 587, with tls: implicit 465, with tls: none 25 where nothing is said.' })
    .optional(),
  tls: z.enum(['starttls', 'implicit', 'none']).default('starttls').meta({
    description: 'starttls: it has to be offered, or nothing is sent. implicit: from the start. none: in the clear.',
  }),
  user: z.string().min(1).meta({ description: 'User to log in as; without one nobody logs in.' }).optional(),
  password: secretText('Password; better given as ${secret.…}.').optional(),
  from: mailbox('Who it is from.'),
  to: z
    .union([mailbox('To whom.'), z.array(mailbox('To whom.')).min(1).max(50)])
    .meta({ description: 'To whom it goes.' }),
}
const schema = routeSchema('email', 'Mail, by an SMTP server.', shape)
type EmailSpec = z.output<typeof schema>

export const email = defineChannel({
  name: 'email',
  schema,
  credentials: ['password'],
  place: (spec) => `${recipients(spec).join(', ')} by ${spec.host}`,
  lint: ({ tls, password, host, user }) => [
    ...(tls === 'none' && password !== undefined && !isHere(host)
      ? [{ field: 'tls', message: 'the password and the message cross the network in the clear' }]
      : []),
    ...((user === undefined) !== (password === undefined)
      ? [{ field: user === undefined ? 'password' : 'user', message: 'a login takes both user and password' }]
      : []),
  ],
  send: async (spec, notice, sending) => {
    const { createTransport } = await import('nodemailer')
    const { host, tls, user, password, port = { starttls: 587, implicit: 465, none: 25 }[tls] } = spec
    const transport = createTransport({
      host,
      port,
      secure: tls === 'implicit',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'none',
      ...(user === undefined ? {} : { auth: { user, pass: password ?? '' }, forceAuth: true }),
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    try {
      const { rejected } = await transport.sendMail({ ...mailOf(spec, notice, sending), signal: sending.signal })
      if (rejected.length > 0)
        throw new NotSent(`${rejected.length} of ${recipients(spec).length} recipients were refused`, {
          passing: false,
        })
    } catch (error) {
      if (sending.signal.aborted) throw sending.signal.reason
      throw error instanceof NotSent ? error : notSent(error)
    } finally {
      transport.close()
    }
  },
})

const SUBJECT = 200

export function mailOf(
  spec: Pick<EmailSpec, 'from' | 'to'>,
  notice: Notice,
  { route, version }: Pick<Sending, 'route' | 'version'>,
) {
  const { run } = notice
  const domain = spec.from.slice(spec.from.indexOf('@') + 1)
  const thread = dedupKeyOf(run.name, route)
  return {
    from: { name: 'postflight', address: spec.from },
    to: recipients(spec).map((address) => ({ name: '', address })),
    subject: cut(`[postflight] ${summaryOf(notice)}`, SUBJECT),
    // One that is sent a second time, for nobody knows whether it was taken, is the same message.
    messageId: `<${run.id}.${thread}@${domain}>`,
    // What is told of one route belongs together.
    references: `<${thread}@${domain}>`,
    date: new Date(run.finished_at),
    headers: {
      'List-Id': `<${thread}.${domain}>`,
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'X-Mailer': `postflight/${version}`,
    },
    text: `${linesOf(notice).join('\n')}\n`,
  }
}

function recipients({ to }: Pick<EmailSpec, 'to'>): readonly string[] {
  return typeof to === 'string' ? [to] : to
}

/** What the server says itself is left out: it may quote the login. */
function notSent(cause: unknown): NotSent {
  const { code, responseCode, command, errno, message } = cause as Readonly<Record<string, unknown>>
  const at = typeof command === 'string' && /^[A-Z ]{2,12}$/.test(command) ? ` to ${command}` : ''
  const refused = (why: string, passing: boolean) => new NotSent(why, { passing, cause })
  if (code === 'ETLS' && command === 'STARTTLS') return refused('it does not offer STARTTLS', false)
  // nodemailer puts a code of its own in the place of the one that says so.
  if (typeof message === 'string' && /certificate|altnames/i.test(message))
    return refused('its certificate is not trusted, or not for this name', false)
  if (typeof responseCode === 'number') {
    const login = code === 'EAUTH'
    const passing = responseCode >= 400 && responseCode < 500 && !login
    return refused(`it answered ${responseCode}${login ? ': the login is refused' : at}`, passing)
  }
  if (code === 'EAUTH') return refused('it offers no login that is known here', false)
  if (code === 'ETLS') return refused('TLS failed', false)
  if (code === 'EDNS') return refused('there is no such host', false)
  const name = typeof errno === 'number' && errno < 0 ? getSystemErrorName(errno) : undefined
  return refused(reasonOf(Object.assign(new Error(), { code: name })) ?? 'it broke off the connection', true)
}
