import { EXIT_CODES } from '../engine/exit-code.js'

/** The table of exit codes for `--help`. */
export function exitCodeLines(): string[] {
  return EXIT_CODES.map(({ code, meaning }) => `${String(code).padStart(5)}  ${meaning}`)
}
