/** A failure somebody has accepted for a while. It keeps running, is shown every time, and fails again when it expires. */
export interface Waiver {
  readonly check: string
  readonly reason: string
  readonly approvedBy?: string | undefined
  /** ISO date; holds to the end of that day, UTC. */
  readonly expires?: string | undefined
  /** Outcomes it covers; fail and warn unless it says more. */
  readonly covers: readonly ('fail' | 'warn' | 'error' | 'blocked')[]
}
