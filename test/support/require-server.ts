import { describe, expect, test } from 'vitest'

type Suite = (title: string, body: () => void) => void

/**
 * `describe` for tests that need a real server this machine may lack. Without it they are skipped, by name; where
 * POSTFLIGHT_REQUIRE_SERVERS=1 (CI), its absence is a failure.
 */
export function serverOrSkip(name: string, available: boolean, env = process.env): Suite {
  if (available) return (title, body) => describe(title, body)
  if (env['POSTFLIGHT_REQUIRE_SERVERS'] === '1')
    return (title) =>
      describe(title, () => {
        test(`${name} is there`, () => expect.fail(`${name} is missing, and POSTFLIGHT_REQUIRE_SERVERS=1 asks for it`))
      })
  return (title, body) => describe.skip(`${title} [skipped: no ${name} on this machine]`, body)
}
