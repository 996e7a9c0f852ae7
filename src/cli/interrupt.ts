/** The first SIGINT or SIGTERM stops a run that then still reports; the second ends the process at once. */

export type Interruption = 'SIGINT' | 'SIGTERM'

export const SIGNAL_CODES: Readonly<Record<Interruption, number>> = { SIGINT: 130, SIGTERM: 143 }

export interface SignalSource {
  readonly on: (signal: Interruption, listener: () => void) => unknown
  readonly off: (signal: Interruption, listener: () => void) => unknown
  readonly exit: (code: number) => unknown
}

export interface Interrupt {
  readonly signal: AbortSignal
  readonly dispose: () => void
}

/** The reason of the abort is the name of the signal. */
export function watchSignals(
  source: SignalSource,
  { onFirst, onSecond }: { readonly onFirst: (signal: Interruption) => void; readonly onSecond: () => void },
): Interrupt {
  const controller = new AbortController()
  const listeners = (['SIGINT', 'SIGTERM'] as const).map((signal) => {
    const listener = (): void => {
      if (controller.signal.aborted) {
        onSecond()
        source.exit(SIGNAL_CODES[signal])
      } else {
        controller.abort(signal)
        onFirst(signal)
      }
    }
    source.on(signal, listener)
    return { signal, listener }
  })
  return {
    signal: controller.signal,
    dispose: () => {
      for (const { signal, listener } of listeners) source.off(signal, listener)
    },
  }
}
