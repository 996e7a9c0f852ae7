/** Another host, through this machine's own ssh with its configuration, agent and keys. */
import type { SshSpec } from '../connections/schema.js'
import { dialSsh } from './dial-ssh.js'
import { type Door, startThere } from './door.js'
import { quoteWords } from './quote.js'
import { explainSsh } from './ssh-errors.js'
import type { Vantage } from './vantage.js'

export interface SshOptions {
  readonly env: Readonly<Record<string, string | undefined>>
}

export function createSshVantage(name: string, spec: SshSpec, { env }: SshOptions): Vantage {
  const label = `ssh ${name}`
  const pending = new Set<Promise<unknown>>()
  const door: Door = {
    label,
    takesUser: false,
    pending,
    client: async (argv) => ({ argv: [...sshWords(spec), '--', spec.host, quoteWords(argv)], env }),
    explain: (said, code) => explainSsh(label, said, code),
  }
  const start: Vantage['start'] = (argv, options) => startThere(door, argv, options)
  return {
    label,
    method: async () => 'ssh',
    root: async () => '',
    self: async () => '/proc/self',
    start,
    dial: (to, { signal }) => dialSsh({ label, words: sshWords(spec), host: spec.host, env, start }, to, signal),
    outside: async () => undefined,
    close: async () => {
      await Promise.allSettled(pending)
    },
  }
}

/**
 * Asks nobody anything, opens nothing besides, and ends when the other side is silent. No shared connection: one that
 * outlives its client would outlive us.
 */
function sshWords(spec: SshSpec): readonly string[] {
  const settings = [
    'BatchMode=yes',
    `ConnectTimeout=${Math.max(1, Math.ceil(spec.connect_timeout / 1000))}`,
    'ConnectionAttempts=1',
    'ControlMaster=no',
    'ControlPath=none',
    'ServerAliveInterval=5',
    'ServerAliveCountMax=3',
    'ClearAllForwardings=yes',
    'ForwardAgent=no',
    'ForwardX11=no',
    'PermitLocalCommand=no',
    'RemoteCommand=none',
    'RequestTTY=no',
    'LogLevel=INFO',
    ...(spec.known_hosts === undefined ? [] : [`UserKnownHostsFile="${fileWord(spec.known_hosts)}"`]),
    ...(spec.identity_file === undefined ? [] : ['IdentitiesOnly=yes']),
  ]
  return [
    'ssh',
    '-T',
    ...(spec.config === undefined ? [] : ['-F', spec.config]),
    ...(spec.port === undefined ? [] : ['-p', String(spec.port)]),
    ...(spec.user === undefined ? [] : ['-l', spec.user]),
    ...(spec.identity_file === undefined ? [] : ['-i', fileWord(spec.identity_file)]),
    ...settings.flatMap((setting) => ['-o', setting]),
  ]
}

/** ssh replaces `%h` and the like in names of files. */
function fileWord(path: string): string {
  return path.replaceAll('%', '%%')
}
