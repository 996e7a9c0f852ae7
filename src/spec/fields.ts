/** Zod schemas of values that several parts of a check file share. */
import * as z from 'zod'
import { endOfDay } from '../judge/end-of-day.js'
import { DURATION_FORM, parseDuration } from '../lib/units.js'

/** Milliseconds. */
export function durationField(description: string) {
  return z
    .string({ error: DURATION_FORM })
    .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, DURATION_FORM)
    .meta({ description })
    .transform((text) => parseDuration(text) as number)
}

/** A calendar day as YAML 1.2 leaves it: text. */
export function dateField(description: string) {
  return z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, 'dates look like 2026-12-31')
    .refine(isDay, { message: 'there is no such day', abort: true })
    .meta({ description })
}

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

/** Whether a day, which holds to its end in UTC, has passed. */
export function hasExpired(day: string, now: Date): boolean {
  return now.getTime() >= endOfDay(day)
}
