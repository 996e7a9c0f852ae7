/** Flags that several commands share, each declared once. Lists take one value a flag: greedy ones swallow file names. */
import * as Flags from '@oclif/core/flags'
import { SEVERITIES } from '../kinds/kind.js'
import { REPORTER_NAMES } from '../reporters/index.js'

const list = { multiple: true, multipleNonGreedy: true } as const

export const selectionFlags = {
  check: Flags.string({
    ...list,
    helpGroup: 'SELECTION',
    helpValue: 'ID',
    summary: 'Only this check, and what it requires.',
  }),
  tag: Flags.string({ ...list, helpGroup: 'SELECTION', helpValue: 'TAG', summary: 'Only checks with this tag.' }),
  'not-tag': Flags.string({ ...list, helpGroup: 'SELECTION', helpValue: 'TAG', summary: 'No check with this tag.' }),
  severity: Flags.option({
    ...list,
    options: SEVERITIES,
    helpGroup: 'SELECTION',
    summary: 'Only checks of this severity.',
  })(),
  owner: Flags.string({ ...list, helpGroup: 'SELECTION', helpValue: 'OWNER', summary: 'Only checks of this owner.' }),
  kind: Flags.string({ ...list, helpGroup: 'SELECTION', helpValue: 'KIND', summary: 'Only checks of this kind.' }),
}

export const inputFlags = {
  var: Flags.string({
    ...list,
    helpGroup: 'INPUT',
    helpValue: 'NAME=VALUE',
    summary: 'Set a variable of the check files.',
  }),
  'env-file': Flags.string({
    helpGroup: 'INPUT',
    helpValue: 'FILE',
    summary: 'Read environment variables from a file.',
  }),
  strict: Flags.boolean({ default: false, helpGroup: 'INPUT', summary: 'Treat warnings about check files as errors.' }),
}

export const runFlags = {
  concurrency: Flags.integer({
    helpGroup: 'RUN',
    min: 1,
    max: 1000,
    helpValue: 'N',
    summary: 'Checks at once (default 4).',
  }),
  timeout: Flags.string({
    helpGroup: 'RUN',
    helpValue: 'DURATION',
    summary: 'Deadline of the whole run, as 10m; what is not done by then could not be told.',
  }),
  resume: Flags.string({
    helpGroup: 'RUN',
    helpValue: 'DIR',
    summary: 'Keep a journal there, and go on with the run that was interrupted and left one.',
  }),
  shard: Flags.string({
    helpGroup: 'RUN',
    helpValue: 'I/N',
    summary: 'Take the i-th of n parts, as one of n machines; `report` puts their recordings together.',
  }),
  cuts: Flags.string({
    helpGroup: 'RUN',
    helpValue: 'RUN',
    summary: 'Cut keys where this recorded part has cut them: for a part that is run again later.',
  }),
  history: Flags.string({
    helpGroup: 'RUN',
    helpValue: 'DIR',
    summary: 'Keep what each run measures there; `since_last` holds a run against the one before.',
  }),
  lock: Flags.string({
    helpGroup: 'RUN',
    helpValue: 'FILE',
    summary: 'One run at a time: where another holds this file, run nothing and end with 2.',
  }),
  notify: Flags.boolean({
    helpGroup: 'RUN',
    allowNo: true,
    summary: 'Tell those whom `notify:` and `ping:` of the check files name (verify does, audit does not).',
  }),
  ping: Flags.string({
    helpGroup: 'RUN',
    helpValue: 'URL',
    summary: "Tell a dead-man's switch when the run begins, and how it ended.",
  }),
}

/** Against what was recorded before the migration. */
export const baselineFlags = {
  baseline: Flags.string({
    helpGroup: 'BASELINE',
    helpValue: 'FILE',
    summary: 'Hold what is measured against the record that `postflight snapshot` took before.',
  }),
  'verify-key': Flags.string({
    helpGroup: 'BASELINE',
    helpValue: 'FILE',
    summary: 'Take the record only if it was signed with the other half of this public key (PEM).',
  }),
  'database-renamed': Flags.string({
    ...list,
    helpGroup: 'BASELINE',
    helpValue: 'OLD=NEW',
    summary: 'The recorded database OLD is called NEW now; without it, one of another name is refused.',
  }),
  'no-baseline': Flags.boolean({
    default: false,
    helpGroup: 'BASELINE',
    summary: 'Drop assertions against a baseline, visibly.',
  }),
}

/** Of `snapshot`, as of a run. */
export const snapshotRunFlags = {
  concurrency: runFlags.concurrency,
  timeout: runFlags.timeout,
  lock: runFlags.lock,
}

/** Of `snapshot` alone. */
export const snapshotFlags = {
  output: Flags.string({
    char: 'o',
    required: true,
    helpGroup: 'RECORD',
    helpValue: 'FILE',
    summary: 'Where the record is written.',
  }),
  force: Flags.boolean({
    default: false,
    helpGroup: 'RECORD',
    summary: 'Write over a file that is there already.',
  }),
  sign: Flags.string({
    helpGroup: 'RECORD',
    helpValue: 'FILE',
    summary: 'Sign the record with this private key of Ed25519 (PEM).',
  }),
}

/** Of `wait`. */
export const waitFlags = {
  for: Flags.string({
    default: '5m',
    helpGroup: 'WAIT',
    helpValue: 'DURATION',
    summary: 'How long at most; then the last look decides.',
  }),
  every: Flags.string({
    default: '5s',
    helpGroup: 'WAIT',
    helpValue: 'DURATION',
    summary: 'Pause between two looks.',
  }),
  concurrency: runFlags.concurrency,
}

export const allowFlags = {
  'allow-commands': Flags.boolean({
    default: false,
    helpGroup: 'RUN',
    summary: 'Run the commands that check files name; without it such a check could not be told.',
  }),
  'allow-writes': Flags.boolean({
    default: false,
    helpGroup: 'RUN',
    summary: 'Write the probes, canaries and scratch databases that check files ask for; all are removed again.',
  }),
}

export const gateFlags = {
  'fail-on': Flags.option({
    options: ['critical', 'high', 'medium', 'low'] as const,
    helpGroup: 'GATE',
    summary: 'Failures of this severity and above close the gate; info never does.',
  })(),
  'fail-on-warn': Flags.boolean({ default: false, helpGroup: 'GATE', summary: 'Warnings close the gate too.' }),
  'min-checks': Flags.integer({
    helpGroup: 'GATE',
    min: 0,
    helpValue: 'N',
    summary: 'Fewer evaluated checks are not a success.',
  }),
  'allow-empty': Flags.boolean({
    default: false,
    helpGroup: 'GATE',
    summary: 'A selection without checks is a success.',
  }),
}

export const reporterFlags = {
  // First, for it has a letter: oclif leaves the others unaligned otherwise.
  quiet: Flags.boolean({
    default: false,
    char: 'q',
    helpGroup: 'OUTPUT',
    summary: 'No progress, and nothing of checks that passed.',
  }),
  reporter: Flags.string({
    ...list,
    helpGroup: 'OUTPUT',
    helpValue: 'NAME[:PATH]',
    summary: `To a file or standard output, again for several: ${REPORTER_NAMES.join(', ')}.`,
  }),
}

export const findingsFlag = {
  findings: Flags.string({
    helpGroup: 'OUTPUT',
    helpValue: 'DIR',
    summary: 'Write all findings there, one file a check, with ready lists of keys.',
  }),
}

/** Reports, and what may appear in them. */
export const reportFlags = {
  ...reporterFlags,
  'show-data': Flags.boolean({
    default: false,
    helpGroup: 'OUTPUT',
    summary: 'Let row values and details of database errors appear. Secrets never do.',
  }),
}

export const outputFlags = { ...reportFlags, ...findingsFlag }

/** Of the commands that run checks. */
export const checkFlags = {
  ...selectionFlags,
  ...inputFlags,
  ...runFlags,
  ...baselineFlags,
  ...allowFlags,
  ...gateFlags,
  ...outputFlags,
}
