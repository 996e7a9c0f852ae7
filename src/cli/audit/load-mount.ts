/** The one place that loads ink and React: by then it is known that somebody is there to see them. */
import type { Mount } from '../../tui/terminal.js'

/**
 * React's development build keeps a measurement of every drawing, for ever. And with DEV=true, which means other things to
 * other programs, ink looks for developer tools that are not there.
 */
const WHILE_LOADING: Readonly<Record<string, string | undefined>> = { NODE_ENV: 'production', DEV: undefined }

export async function loadMount(env: Record<string, string | undefined> = process.env): Promise<Mount> {
  const before = Object.keys(WHILE_LOADING).map((name) => [name, env[name]] as const)
  set(env, Object.entries(WHILE_LOADING))
  try {
    return (await import('../../tui/mount.js')).mount
  } finally {
    // What checks and editors are started with is as it was.
    set(env, before)
  }
}

function set(
  env: Record<string, string | undefined>,
  values: readonly (readonly [string, string | undefined])[],
): void {
  for (const [name, value] of values) {
    if (value === undefined) delete env[name]
    else env[name] = value
  }
}
