/** Time as reporters get it, so that tests hold the clock. */
export interface Timer {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Calls again and again; what it returns stops it. It must not keep the process alive. */
  readonly every: (ms: number, call: () => void) => () => void
}
