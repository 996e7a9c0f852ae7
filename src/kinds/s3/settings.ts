/** Settings of the bucket, only those an assertion names: each takes a right of its own. */
import type { BucketSession } from '../../stores/s3/bucket.js'
import type { Rule } from '../../stores/s3/lifecycle.js'
import { type SettingName, settingOf } from '../../stores/s3/settings.js'
import type { Finding } from '../kind.js'
import type { Part, Subjects } from './told.js'
import { unobserved } from './told.js'

export async function lookAtSettings(session: BucketSession, names: readonly SettingName[]): Promise<Part> {
  const subjects: Subjects = {}
  const findings: Finding[] = []
  await Promise.all(
    names.map(async (name) => {
      const asked = await settingOf(session, name)
      if ('trouble' in asked) subjects[name] = unobserved(asked.trouble)
      else if (typeof asked.answer === 'object') {
        subjects[name] = asked.answer.length
        findings.push(...asked.answer.map(expiring))
      } else subjects[name] = asked.answer
    }),
  )
  return { subjects, findings }
}

function expiring({ id, prefix, days, date, filtered }: Rule): Finding {
  const when = days === undefined ? `from ${date?.slice(0, 10)}` : `after ${days} days`
  const some = filtered ? ', those with certain tags or sizes' : ''
  return { finding: 'expiring_rules', key: id, reason: `objects below "${prefix}"${some}, ${when}` }
}
