/** Reads when an object was last written, as S3 writes it: `2024-02-29T23:59:59.000Z`. */

export const TIME_LENGTH = 24

/** Milliseconds since 1970 of what stands at `at`, where the view goes on for TIME_LENGTH; below zero where it is written in another way, or before 1970. */
export type TimeReader = (bytes: Uint8Array, view: DataView, at: number) => number

/** Remembers the day: many objects beside each other were written on the same one. */
export function createTimeReader(): TimeReader {
  /** The bytes of the day, up to the T behind it. */
  let [a, b, c] = [0, 0, 0]
  let day = -1
  return (bytes, view, at) => {
    const [first, second, third] = [view.getInt32(at, true), view.getInt32(at + 4, true), view.getInt32(at + 7, true)]
    if (first !== a || second !== b || third !== c) {
      day = dayAt(bytes, at)
      a = first
      b = second
      c = third
    }
    if (day < 0 || bytes[at + 13] !== COLON || bytes[at + 16] !== COLON) return -1
    if (bytes[at + 19] !== POINT || bytes[at + 23] !== ZED) return -1
    const hours = two(bytes, at + 11)
    const minutes = two(bytes, at + 14)
    const seconds = two(bytes, at + 17)
    const hundredths = two(bytes, at + 20)
    const last = ((bytes[at + 22] as number) - 0x30) & 0xff
    if (hours > 23 || minutes > 59 || seconds > 59 || hundredths > 99 || last > 9) return -1
    return day * 86_400_000 + (hours * 3600 + minutes * 60 + seconds) * 1000 + hundredths * 10 + last
  }
}

const DASH = 0x2d
const COLON = 0x3a
const POINT = 0x2e
const TEE = 0x54
const ZED = 0x5a

function dayAt(bytes: Uint8Array, at: number): number {
  if (bytes[at + 4] !== DASH || bytes[at + 7] !== DASH || bytes[at + 10] !== TEE) return -1
  const century = two(bytes, at)
  const year = two(bytes, at + 2)
  const month = two(bytes, at + 5)
  const day = two(bytes, at + 8)
  if (century > 99 || year > 99 || month < 1 || month > 12 || day < 1 || day > 31) return -1
  return daysSince1970(century * 100 + year, month, day)
}

/** More than 99 where these are not two digits. */
function two(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] as number) - 0x30) & 0xff
  const low = ((bytes[at + 1] as number) - 0x30) & 0xff
  return low > 9 ? 100 : high * 10 + low
}

/** Howard Hinnant's days_from_civil: years begin in March, so that the day that leap years add is the last one. */
function daysSince1970(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const inMarchYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400)
  return shifted * 365 + leaps + inMarchYear - 719_468
}
