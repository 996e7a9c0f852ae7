/** The audit on a real terminal: what it leaves behind, however it ends. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { serverOrSkip } from '../../support/require-server.js'
import { BIN, directoryOf } from '../../support/run-cli.js'
import { openTerminal, type Terminal, tmuxStarts } from '../../support/tmux.js'

const AUDIT = `node ${BIN} audit`
const BROKEN = `node --import ${import.meta.resolve('tsx')} ${join(import.meta.dirname, 'broken-view.ts')}`

/** Shows its arguments and waits for a line, on the terminal it was given. */
const EDITOR = `#!/bin/sh
echo "$@" > edited
echo the editor has the screen
read -r line
echo "$line" >> edited
`

serverOrSkip('tmux', tmuxStarts())('the audit in a terminal', () => {
  let database: TestDatabase
  let place: ReturnType<typeof directoryOf>
  let terminal: Terminal

  beforeAll(async () => {
    database = await createDatabase()
    await database.client.query(
      `create table uploads as select * from (values ('a.txt', 2), ('b.txt', 2)) as u (path, bytes)`,
    )
  })
  afterAll(() => database.drop())
  beforeEach(async () => {
    place = directoryOf({
      'a.txt': 'ok',
      'my editor.sh': EDITOR,
      'postflight.yaml': `version: 1
secrets: { url: { env: SHOP_URL } }
connections:
  main: { type: postgres, url: "\${secret.url}" }
  disk: { type: files, root: . }
defaults: { owner: team-shop, severity: high, remediation: Copy it. }
checks:
  - id: uploads-on-disk
    kind: artifacts
    rows: { connection: main, sql: select * from uploads, key: path, size: bytes }
    store: disk
    ignore: ["*.yaml", "*.sh", "*.ndjson", "edited"]
  - { id: slow, kind: sql, connection: main, sql: select 1 from pg_sleep(60), expect: { value: 1 } }
`,
    })
    terminal = await openTerminal({
      columns: 100,
      rows: 24,
      cwd: place.path,
      env: { SHOP_URL: database.url, SHOP_PASSWORD: 'correct horse battery' },
    })
    await terminal.command('for i in 1 2 3 4 5 6 7 8 9; do echo earlier line $i; done')
    await terminal.shows('earlier line 9')
  })
  afterEach(async () => {
    await terminal.end()
    place.remove()
  })

  /** What the shell says after it, and that its earlier text is there again. */
  const ended = async (code: number): Promise<string> => {
    await terminal.shows(new RegExp(`^code=${code}$`, 'm'))
    const text = await terminal.history()
    expect(text).toContain('earlier line 1\n')
    // The cursor, wrapping, and the mode of the keyboard are the shell's own again.
    await terminal.command('echo "back"; stty -a | grep -ow -e "-*echo" -e "-*icanon" | tr "\\n" " "; echo ok')
    await terminal.shows(/^icanon echo ok$/m)
    expect(await terminal.tmux('display-message', '-p', '#{cursor_flag} #{wrap_flag} #{alternate_on}')).toBe('1 1 0\n')
    return text
  }
  const audit = async (flags = '--check uploads-on-disk', program = AUDIT): Promise<void> => {
    await terminal.command(`${program} ${flags}; echo code=$?`)
  }

  test('leaving prints the report of the last state, and ends with its code', async () => {
    await audit()
    await terminal.shows('✖ 1 fail')
    expect(await terminal.screen()).not.toContain('earlier line')
    await terminal.keys('q')
    expect(await ended(1)).toMatch(/not passed \(exit 1\)/)
  })

  test('Ctrl-C stops the run, and once more leaves: 130', async () => {
    await audit('--check slow')
    await terminal.shows('running slow')
    await terminal.keys('C-c')
    await terminal.shows('interrupted')
    await terminal.keys('C-c')
    expect(await ended(130)).toMatch(/interrupted/)
  })

  test('leaving a run that is under way stops it, and says so: 130', async () => {
    await audit('--check slow')
    await terminal.shows('running slow')
    await terminal.keys('q')
    await terminal.shows('stop it and leave?')
    await terminal.keys('y')
    expect(await ended(130)).toContain('the run was under way: stopping')
  })

  test.each([
    ['TERM', 143],
    ['HUP', 143],
  ])('SIG%s leaves the screen, stops the run and reports: %i', async (signal, code) => {
    await audit('--check slow')
    await terminal.shows('running slow')
    process.kill(Number(await terminal.tmux('display-message', '-p', '#{pane_pid}').then(childOf)), `SIG${signal}`)
    expect(await ended(code)).toContain('slow')
  })

  test('a terminal that goes away ends it as SIGHUP does, and the reports to files are written: 143', async () => {
    const code = join(place.path, 'code')
    await terminal.command(`sh -c 'trap "" HUP; ${AUDIT} --check slow --reporter json:report.json; echo $? > code'`)
    await terminal.shows('running slow')
    await terminal.tmux('kill-session')
    await vi.waitFor(() => expect(existsSync(code)).toBe(true), 20_000)
    expect(readFileSync(code, 'utf8')).toBe('143\n')
    expect(JSON.parse(readFileSync(join(place.path, 'report.json'), 'utf8'))).toMatchObject({ exit: { code: 143 } })
  })

  test('a signal INT from elsewhere stops the run as Ctrl-C does', async () => {
    await audit('--check slow')
    await terminal.shows('running slow')
    const pid = Number(await terminal.tmux('display-message', '-p', '#{pane_pid}').then(childOf))
    process.kill(pid, 'SIGINT')
    await terminal.shows('interrupted')
    process.kill(pid, 'SIGINT')
    await ended(130)
  })

  test.each([
    ['while it draws', 'draw'],
    ['while it handles a key', 'key'],
    ['from a timer', 'timer'],
  ])('a view that throws %s: the message is on the normal screen, without secrets, and the code 70', async (_, how) => {
    await audit(how, BROKEN)
    if (how === 'key') {
      await terminal.shows('a view')
      await terminal.keys('x')
    }
    const text = await ended(70)
    expect(text).toContain('planted: <secret password>')
    expect(text).not.toContain('correct horse')
  })

  test('a smaller and a larger window leave what had scrolled off alone', async () => {
    await terminal.command('for i in $(seq 100 160); do echo scrolled $i; done')
    await terminal.shows('scrolled 160')
    await audit()
    await terminal.shows('✖ 1 fail')
    for (const [columns, rows] of [
      [70, 16],
      [120, 30],
      [60, 15],
      [100, 24],
    ] as const) {
      await terminal.resize(columns, rows)
      await terminal.shows(/^(?!.*earlier line)[\s\S]*uploads-on-disk/)
    }
    await terminal.keys('q')
    const text = await ended(1)
    for (let line = 100; line <= 160; line++) expect(text).toContain(`scrolled ${line}\n`)
  })

  test('the editor gets the place, the screen and the keys, and gives them back', async () => {
    await terminal.command(`export VISUAL="sh 'my editor.sh'" EDITOR=false`)
    await audit()
    await terminal.shows('✖ 1 fail')
    await terminal.keys('o')
    await terminal.shows('the editor has the screen')
    await terminal.type('qqq')
    await terminal.keys('Enter')
    await terminal.shows('✖ 1 fail')
    expect(readFileSync(join(place.path, 'edited'), 'utf8')).toBe(`${join(place.path, 'postflight.yaml')}\nqqq\n`)
    await terminal.keys('q')
    await ended(1)
  })

  test('what it copies is on the clipboard', async () => {
    await terminal.tmux('set-option', '-s', 'set-clipboard', 'on')
    await audit()
    await terminal.shows('✖ 1 fail')
    await terminal.keys('3')
    await terminal.shows('b.txt')
    await terminal.keys('y')
    await terminal.shows('clipboard')
    expect(await terminal.tmux('show-buffer')).toBe('b.txt')
    await terminal.keys('q')
    await ended(1)
  })

  test('a recorded run ends with its own code, and reports to files are written', async () => {
    await terminal.command(
      `node ${BIN} verify --check uploads-on-disk --quiet --reporter ndjson:run.ndjson; echo verified`,
    )
    await terminal.shows(/^verified$/m)
    await audit('run.ndjson --reporter json:again.json')
    await terminal.shows('✖ 1 fail')
    expect(existsSync(join(place.path, 'again.json'))).toBe(false)
    await terminal.keys('q')
    await ended(1)
    expect(JSON.parse(readFileSync(join(place.path, 'again.json'), 'utf8'))).toMatchObject({ exit: { code: 1 } })
  })

  test('shows how subjects moved since earlier runs, and keeps the state it was left in', async () => {
    await terminal.command(`node ${BIN} verify --check uploads-on-disk --quiet --history kept; echo verified`)
    await terminal.shows(/^verified$/m)
    await audit('--check uploads-on-disk --history kept')
    await terminal.shows('✖ 1 fail')
    await terminal.keys('2')
    await terminal.shows(/ rows ▅▅ 2, as before/)
    writeFileSync(join(place.path, 'b.txt'), 'ok')
    await terminal.keys('r')
    await terminal.shows(/missing █▁ 0, before it 1/)
    await terminal.keys('q')
    await ended(0)
    const records = readdirSync(join(place.path, 'kept')).sort()
    expect(records).toHaveLength(2)
    const last = JSON.parse(readFileSync(join(place.path, 'kept', records.at(-1) ?? ''), 'utf8'))
    expect(last.checks['uploads-on-disk'].subjects).toMatchObject({ rows: 2, missing: 0 })
  })

  test('a check that was mended passes when it is run again: 0', async () => {
    await audit()
    await terminal.shows('✖ 1 fail')
    writeFileSync(join(place.path, 'b.txt'), 'ok')
    await terminal.keys('r')
    await terminal.shows('1 pass')
    await terminal.keys('q')
    await ended(0)
  })

  test('CI=1: nothing is drawn, and the code is 2', async () => {
    await audit('', `CI=1 ${AUDIT}`)
    expect(await ended(2)).toContain('CI is set')
  })
})

/** The audit is what the shell of the pane has started. */
async function childOf(shell: string): Promise<string> {
  const { execFileSync } = await import('node:child_process')
  return execFileSync('pgrep', ['-P', shell.trim(), 'node'], { encoding: 'utf8' }).trim()
}
