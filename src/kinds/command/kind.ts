/** Kind `command`: runs a program of the user's own and judges how it ended and what it said. */
import * as z from 'zod'
import { defineKind, type SubjectSpec } from '../kind.js'
import { present } from './present.js'
import { shown } from './shown.js'

const LIST = 'a command is a list of its words, for no shell splits them'

const argv = z.array(z.string(), {
  error: ({ input }) =>
    typeof input === 'string' ? `${LIST}: [${input.trim().split(/\s+/).map(quoted).join(', ')}]` : LIST,
})

const schema = z.strictObject({
  command: argv.min(1, 'a command has at least the name of a program').meta({
    description: 'The program and its arguments, as a list. No shell sees it; write [sh, -c, "…"] where you want one.',
  }),
  cwd: z.string().min(1).meta({ description: 'Directory it runs in.' }).optional(),
  env: z
    .record(
      z.string().regex(/^(?!_pf_)[A-Za-z_][A-Za-z0-9_]*$/, 'names of variables have letters, digits and _'),
      z
        .string()
        .regex(/^[^\0]*$/)
        .meta({ description: 'Value; may be a secret.', secret: true }),
    )
    .meta({
      description:
        'Variables it gets besides those there are. They are on no command line and in no report, but for what the check file itself says: give secrets as ${secret.…}.',
    })
    .default({}),
  input: z.string().meta({ description: 'Its standard input; empty without it.', secret: true }).optional(),
  user: z.string().min(1).meta({ description: 'User, or uid, or uid:gid, to run it as.' }).optional(),
})

export type CommandSpec = z.output<typeof schema>

function quoted(word: string): string {
  return /^[A-Za-z0-9_./:=@+-]+$/.test(word) ? word : JSON.stringify(word)
}

export const command = defineKind({
  name: 'command',
  summary: 'Runs a program and judges its exit code and what it printed. Needs --allow-commands.',
  schema,
  uses: () => [],
  subjects: () => SUBJECTS,
  family: (name) =>
    name.startsWith('json:$')
      ? { name, type: 'any', meaning: 'What its standard output, read as JSON, has there.', withheld: 'compared' }
      : undefined,
  familyForms: ['json:$.path'],
  plan: (spec) => [
    { what: `runs ${shown(spec.command)}, with --allow-commands only`, cost: 'unknown', reading: { type: 'reach' } },
  ],
  present,
  waits: false,
  timeoutMs: 60_000,
  moves: () => true,
  load: () => import('./observe.js'),
})

const SUBJECTS: readonly SubjectSpec[] = [
  { name: 'exit', type: 'integer', meaning: 'Its exit code.', default: { level: 'expect', matcher: 0 } },
  {
    name: 'stdout',
    type: 'text',
    meaning: 'Its standard output, without newlines at the end; at most 1 MiB.',
    withheld: 'data',
  },
  {
    name: 'stderr',
    type: 'text',
    meaning: 'Its standard error, without newlines at the end; at most 1 MiB.',
    withheld: 'data',
  },
  { name: 'duration', type: 'duration', meaning: 'How long it ran.' },
]
