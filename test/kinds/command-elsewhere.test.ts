/** The same command, run behind a real sshd and inside real containers. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { containerEngineStarts, startContainerEngine } from '../../fixtures/servers/container-engine.js'
import { sshdInstalled, startSshd } from '../../fixtures/servers/sshd.js'
import { connectionSchema, type SshSpec } from '../../src/connections/schema.js'
import { command } from '../../src/kinds/command/kind.js'
import { createContainerVantage } from '../../src/vantage/container/container.js'
import { createSshVantage } from '../../src/vantage/ssh.js'
import type { Vantage } from '../../src/vantage/vantage.js'
import { serverOrSkip } from '../support/require-server.js'
import { runKind } from './run.js'

interface Place {
  readonly vantage: Vantage
  readonly stop: () => unknown
}

function commandTable(open: () => Promise<Place>): void {
  let place: Place
  beforeAll(async () => {
    place = await open()
  })
  afterAll(async () => {
    await place?.vantage.close()
    await place?.stop()
  })
  const run = async (spec: Record<string, unknown>, timeoutMs = 20_000) => {
    const allowed = { commands: true, writes: false }
    const check = { from: { container: 'there' }, timeoutMs }
    return (await runKind(command, spec, { vantage: place.vantage, allowed, check })).observation
  }

  it('tells how it ended and what it said', async () => {
    const { subjects } = await run({
      command: ['sh', '-c', 'cat; echo "$1" >&2; exit 3', 'sh', `it's "$HOME"`],
      input: 'in',
    })
    expect(subjects).toMatchObject({ exit: 3, stdout: 'in', stderr: `it's "$HOME"` })
  })

  it('passes its environment, which stands on no command line, neither here nor there', async () => {
    const env = { A: 'a-value-nobody-sees\n  "two" ', B: '' }
    const script =
      'printf "%s|%s|" "$A" "$B"; cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" "\\n" | grep -c "a-value-nobody-s[e]es"'
    const { subjects } = await run({ command: ['sh', '-c', script], env })
    expect(subjects['stdout']).toBe(`${env.A}||0`)
  })

  it('runs in its directory', async () => {
    expect((await run({ command: ['pwd'], cwd: '/etc' })).subjects['stdout']).toBe('/etc')
  })

  it('could not tell where the program is not there', async () => {
    await expect(run({ command: ['no-such-program'] })).rejects.toThrow('no-such-program could not be started')
  })

  it('ends there what does not end in time', async () => {
    const mark = `pf-there-${process.pid}`
    await expect(
      run({ command: ['sh', '-c', `trap '' TERM; : ${mark}; while :; do sleep 0.1; done`] }, 2500),
    ).rejects.toThrow('sh did not end within 2s; it was ended')
    const count = {
      command: [
        'sh',
        '-c',
        `cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" "\\n" | grep -c "${mark.slice(0, -1)}[${mark.slice(-1)}];"`,
      ],
    }
    await expect.poll(async () => (await run(count)).subjects['stdout'], { timeout: 8000, interval: 200 }).toBe('0')
  }, 20_000)
}

serverOrSkip('sshd', sshdInstalled())('behind ssh', () => {
  commandTable(async () => {
    const sshd = await startSshd()
    const spec = connectionSchema.parse(sshd.connection) as SshSpec
    const env = { PATH: process.env['PATH'], HOME: '/nonexistent' }
    return { vantage: createSshVantage('old-host', spec, { env }), stop: sshd.stop }
  })
})

for (const name of ['docker', 'podman'] as const) {
  serverOrSkip(name, containerEngineStarts(name))(`inside a container of ${name}`, () => {
    commandTable(async () => {
      const engine = await startContainerEngine(name)
      engine.run('command', {})
      return { vantage: createContainerVantage({ name: 'command', engine: name }, engine), stop: engine.stop }
    })
  })
}
