/** What a server offers in its answer to EHLO. */
import type { SmtpReply } from './conversation.js'

export interface Features {
  /** Keywords, upper case, in order of the alphabet. */
  readonly extensions: readonly string[]
  /** Bytes a message may have; undefined where no limit is told. */
  readonly sizeLimit: number | undefined
  /** Ways to log in: PLAIN, LOGIN … */
  readonly auth: readonly string[]
}

export function featuresOf({ lines }: SmtpReply): Features {
  // The first line is a greeting. Some servers also write AUTH=LOGIN, as before there was a standard.
  const offers = lines.slice(1).map((line) => line.toUpperCase().split(/[\s=]+/))
  const words = (keyword: string) => offers.find(([name]) => name === keyword)?.slice(1) ?? []
  const size = Number(words('SIZE')[0])
  return {
    extensions: [...new Set(offers.map(([name = '']) => name).filter((name) => name !== ''))].sort(),
    sizeLimit: Number.isSafeInteger(size) && size > 0 ? size : undefined,
    auth: offers.filter(([name]) => name === 'AUTH').flatMap(([, ...mechanisms]) => mechanisms),
  }
}
