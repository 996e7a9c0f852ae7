/** When an object was last written, as S3 writes it: `2024-02-29T23:59:59.000Z`. */

export const TIME_LENGTH: usize = 24

const MILLISECONDS_A_DAY: f64 = 86400000
const POINT: u8 = 0x2e
const ZED: u8 = 0x5a

/** The day that was read last, its bytes up to the T behind it: many objects beside each other were written on the same one. */
let first: u64 = 0
let rest: u32 = 0
let day: i32 = -1

/** Milliseconds since 1970 of what stands at `at`; below zero where it is written in another way, or before 1970. */
export function timeAt(at: usize): f64 {
  if (load<u64>(at) !== first || load<u32>(at, 7) !== rest) {
    first = load<u64>(at)
    rest = load<u32>(at, 7)
    day = dayAt(at)
  }
  // hh:mm:ss, then the digits alone, each in a byte of its own.
  const clock = load<u64>(at, 11)
  const digits = (clock ^ 0x30303a30303a3030) as u64
  if (day < 0 || (digits & 0x0000ff0000ff0000) !== 0 || !areDigits(digits)) return -1
  if (load<u8>(at, 19) !== POINT || load<u8>(at, 23) !== ZED) return -1
  const millis = load<u32>(at, 20) & 0xffffff
  const parts = <u64>(millis ^ 0x303030)
  if (!areDigits(parts)) return -1
  const hours = two(digits)
  const minutes = two(digits >> 24)
  const seconds = two(digits >> 48)
  if (hours > 23 || minutes > 59 || seconds > 59) return -1
  const inDay = (hours * 3600 + minutes * 60 + seconds) * 1000 + two(parts) * 10 + (<i32>(parts >> 16) & 0xff)
  return <f64>day * MILLISECONDS_A_DAY + <f64>inDay
}

/** Whether each byte is from 0 to 9. */
function areDigits(digits: u64): bool {
  return (((digits + 0x7676767676767676) | digits) & 0x8080808080808080) === 0
}

/** The number that the two lowest bytes are the digits of. */
function two(digits: u64): i32 {
  return (<i32>digits & 0xff) * 10 + ((<i32>digits >> 8) & 0xff)
}

/** Days since 1970; below zero where it is written in another way. */
function dayAt(at: usize): i32 {
  const digits = load<u64>(at) ^ 0x2d30302d30303030
  const days = <u64>(load<u32>(at, 7) ^ 0x5430302d)
  if ((digits & 0xff0000ff00000000) !== 0 || !areDigits(digits)) return -1
  if ((days & 0xff0000ff) !== 0 || !areDigits(days)) return -1
  const month = two(digits >> 40)
  const dayOfMonth = two(days >> 8)
  if (month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > 31) return -1
  return daysSince1970(two(digits) * 100 + two(digits >> 16), month, dayOfMonth)
}

/** Howard Hinnant's days_from_civil: years begin in March, so that the day that leap years add is the last one. */
function daysSince1970(year: i32, month: i32, dayOfMonth: i32): i32 {
  const shifted = month <= 2 ? year - 1 : year
  const inMarchYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + dayOfMonth - 1
  return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + inMarchYear - 719468
}
