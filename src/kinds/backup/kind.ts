/** Kind `backup`: whether the newest backup is there, fresh, whole, copied and restorable. */
import { defineKind } from '../kind.js'
import { lintBackup } from './lint.js'
import { planBackup } from './plan.js'
import { presentBackup } from './present.js'
import { backupSchema } from './schema.js'
import { backupSubjects } from './subjects.js'

const TEN_MINUTES = 600_000

export const backup = defineKind({
  name: 'backup',
  summary: 'Backups in a store: how fresh, how many, how large, whether readable, copied elsewhere and restorable.',
  schema: backupSchema,
  uses: ({ store, copy, restore }) => [
    store,
    ...(copy === undefined ? [] : [copy.store]),
    ...(restore === undefined ? [] : [restore.server]),
  ],
  subjects: backupSubjects,
  plan: planBackup,
  present: presentBackup,
  waits: false,
  timeoutMs: TEN_MINUTES,
  moves: ({ store }, types) =>
    types[store] === 'files' ? true : `${store} is not of type files, so it is reached from where postflight runs`,
  offers: ({ restore }) => (restore === undefined ? [] : [restore.as]),
  lint: lintBackup,
  load: () => import('./observe.js'),
})
