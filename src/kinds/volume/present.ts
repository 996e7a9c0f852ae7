import type { Finding, Presented } from '../kind.js'

export function present({ finding, key, expected, actual, found_as, reason }: Finding): Presented {
  const name = JSON.stringify(key ?? '')
  const headline =
    finding === 'broken_links'
      ? `${name} is a link that leads nowhere`
      : finding === 'mistyped_paths'
        ? `${name} is a ${String(actual?.['type'])}, not a ${String(expected?.['type'])}`
        : `${name} is missing`
  return {
    headline,
    detail: [
      ...(reason === undefined ? [] : [reason]),
      ...(found_as === undefined ? [] : [`one level deeper there is ${JSON.stringify(found_as)}`]),
    ],
  }
}
