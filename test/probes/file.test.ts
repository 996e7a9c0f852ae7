import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { seeFiles } from '../../src/probes/file.js'
import { createLocalVantage } from '../../src/vantage/local.js'
import type { Vantage } from '../../src/vantage/vantage.js'
import { serverOrSkip } from '../support/require-server.js'

const { signal } = new AbortController()
const here = createLocalVantage({ env: process.env })

function canMount(): boolean {
  return spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' }).status === 0
}

/** A shell that looks in a mount namespace of its own, after `prepare` has run there. */
function inNamespace(shell: string, prepare: string): Vantage {
  const words = ['unshare', '--mount', 'sh', '-c', `${prepare} && exec "$@"`, 'sh', ...shell.split(' ')]
  return { ...here, start: ([, ...rest], options) => here.start([...words, ...rest], options) }
}

serverOrSkip('root', canMount())('what is mounted read-only', () => {
  it.each(['sh', 'bash', 'busybox sh'])('is not writable, as %s sees it', async (shell) => {
    const directory = mkdtempSync(join(tmpdir(), 'postflight-file-'))
    try {
      const at = join(directory, 'at')
      mkdirSync(at)
      const prepare = `mount -t tmpfs none ${at} && mkdir ${at}/d && echo a > ${at}/f && chmod 777 ${at}/d ${at}/f && mount -o remount,ro ${at}`
      const paths = [`${at}/f`, `${at}/d`, directory]
      const seen = await seeFiles(inNamespace(shell, prepare), paths, { signal })
      expect(seen.map(({ writable }) => writable)).toEqual([false, false, true])
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })
})
