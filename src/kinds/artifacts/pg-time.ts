const FORM =
  /^(\d{4,6})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d)(\.\d+)?(?:(Z)|([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?)?)?$/

/**
 * A date or timestamp as PostgreSQL prints it in ISO style, in milliseconds since 1970. Without a time zone it is taken
 * as UTC. `infinity`, years before Christ and anything else are undefined.
 */
export function parsePgTime(text: string): number | undefined {
  const match = FORM.exec(text)
  if (match === null) return undefined
  const [
    ,
    year,
    month,
    day,
    hour = '0',
    minute = '0',
    second = '0',
    fraction = '',
    ,
    sign,
    zh = '0',
    zm = '0',
    zs = '0',
  ] = match
  const local = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
  const offset = (Number(zh) * 3600 + Number(zm) * 60 + Number(zs)) * 1000 * (sign === '-' ? -1 : 1)
  return local + Math.floor(Number(`0${fraction}`) * 1000) - offset
}

/** Whether a column of this type can say when a row was made. */
export function isTimeType(type: string): boolean {
  return type === 'date' || type.startsWith('timestamp')
}
