import { Writable } from 'node:stream'
import { type DoctorRequest, doctor } from '../../../src/cli/doctor/command.js'

function paper(columns: number) {
  const chunks: string[] = []
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      chunks.push(String(chunk))
      done()
    },
  })
  return { stream: Object.assign(stream, { columns }), text: () => chunks.join('') }
}

export interface Told {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The command without its process. */
export async function runDoctor(
  cwd: string,
  env: Readonly<Record<string, string>>,
  asked: Partial<DoctorRequest> = {},
): Promise<Told> {
  const [stdout, stderr] = [paper(80), paper(80)]
  const defaults = { files: [], vars: {}, envFile: undefined, strict: false, json: false }
  const request = { ...defaults, connection: undefined, createRole: undefined, failOnWarn: false, timeoutMs: 10_000 }
  const code = await doctor(
    { ...request, ...asked },
    {
      cwd,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      now: new Date(),
      version: '0.0.0',
      stdout: stdout.stream,
      stderr: stderr.stream,
      hideSecrets: () => {},
    },
  )
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

/** As data: the connection of that name, and how it ended. */
export async function seenBy(
  cwd: string,
  env: Readonly<Record<string, string>>,
  name: string,
  asked: Partial<DoctorRequest> = {},
) {
  const { code, stdout, stderr } = await runDoctor(cwd, env, { connection: name, json: true, ...asked })
  const { connections, exit } = JSON.parse(stdout)
  return { code, exit, told: connections[0], stdout, stderr }
}
