/** Kind `smtp`: whether mail can be handed to a server, up to the message itself, which is never sent. */
import * as z from 'zod'
import { defineKind, type LintProblem } from '../kind.js'
import { hostField, portField } from '../reachability.js'
import { present } from './present.js'
import { subjects } from './subjects.js'

/** Nothing that ends the command. */
const address = (description: string) =>
  z
    .string()
    .regex(/^[\x21-\x3b\x3d\x3f-\x7e]+$/, 'an address as name@example.net, without brackets and blanks')
    .max(320)
    .meta({ description })
    .optional()

const schema = z.strictObject({
  host: hostField,
  port: portField('Port it listens on: 587 or 25 as a rule, 465 with TLS from the start.'),
  tls: z.enum(['starttls', 'implicit', 'none']).default('starttls').meta({
    description:
      'starttls: begins in the clear and goes on in TLS; a server that does not offer it is not reached. implicit: TLS from the start (port 465). none: never encrypted.',
  }),
  servername: z
    .string()
    .min(1)
    .meta({ description: 'Name the certificate has to be for; `host` where left out.' })
    .optional(),
  ca: z
    .string()
    .min(1)
    .meta({ description: 'PEM file of authorities to trust besides those Node brings, relative to the check file.' })
    .optional(),
  helo: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'a host name, or an address in brackets')
    .meta({
      description: 'Name to greet with; that of this machine where left out, or [127.0.0.1] where it has no domain.',
    })
    .optional(),
  user: z.string().min(1).meta({ description: 'User to log in as.', secret: true }).optional(),
  password: z.string().min(1).meta({ description: 'Password, as ${secret.…}.', secret: true }).optional(),
  login_in_the_clear: z.boolean().default(false).meta({
    description: 'Send the password where the connection is not encrypted, too. Whoever is on the way reads it.',
  }),
  mail_from: address('Sender to offer (MAIL FROM); taken back by RSET. The server’s log shows it.'),
  rcpt_to: address(
    'Recipient to offer (RCPT TO). Nothing is delivered: DATA is never sent. The server’s log shows it.',
  ),
})

export type SmtpSpec = z.output<typeof schema>

export const smtp = defineKind({
  name: 'smtp',
  summary: 'Talks to a mail server up to the message, which is never sent: greeting, TLS, login, sender, recipient.',
  schema,
  uses: () => [],
  subjects,
  plan: ({ host, port, user, mail_from }) => [
    {
      what: `the mail server at ${host} port ${port}`,
      cost: `one connection${user === undefined ? '' : ', one login'}${mail_from === undefined ? '' : '; its log shows the sender'}`,
    },
  ],
  present,
  waits: true,
  timeoutMs: 10_000,
  moves: () => true,
  lint,
  load: () => import('./observe.js'),
})

function lint(spec: SmtpSpec): readonly LintProblem[] {
  const problem = (message: string, field: keyof SmtpSpec): LintProblem => ({ level: 'error', message, path: [field] })
  const problems: LintProblem[] = []
  if ((spec.user === undefined) !== (spec.password === undefined)) {
    problems.push(problem('`user` and `password` go together', spec.user === undefined ? 'password' : 'user'))
  }
  if (spec.rcpt_to !== undefined && spec.mail_from === undefined) {
    problems.push(problem('`rcpt_to` needs a `mail_from`: a server is told the sender first', 'rcpt_to'))
  }
  if (spec.user !== undefined && spec.tls === 'none' && !spec.login_in_the_clear) {
    problems.push({
      ...problem('the password is not sent over a connection that is not encrypted', 'tls'),
      hint: 'use starttls or implicit, or say login_in_the_clear: true',
    })
  }
  return problems
}
