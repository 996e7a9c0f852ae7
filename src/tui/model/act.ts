/** What a key does where the user is. */
import type { Action } from '../keys.js'
import { contextOf, type Model } from '../model.js'
import type { Motion } from '../window.js'
import { changedClass, changedGroups, changedSort } from './arrange.js'
import { askExport, askFilter, askNote, askRerunAll } from './ask.js'
import { copied, edited, snippetWanted } from './hand-out.js'
import { goneBack, nextPanel, opened, panel, toFailure } from './places.js'
import { cancelled, interrupted, quit, recheckWanted, rerun, rerunFailed } from './running.js'
import { type Step, stay } from './step.js'
import { movedBy, nextMatch } from './travel.js'

export function acted(model: Model, action: Action): Step {
  switch (action) {
    case 'up':
    case 'down':
    case 'pageUp':
    case 'pageDown':
    case 'halfUp':
    case 'halfDown':
    case 'first':
    case 'last':
      return stay(movedBy(model, action satisfies Motion))
    case 'open':
      return opened(model)
    case 'back':
      return goneBack(model)
    case 'nextPanel':
      return nextPanel(model, 1)
    case 'previousPanel':
      return nextPanel(model, -1)
    case 'overview':
    case 'check':
    case 'findings':
    case 'directories':
    case 'evidence':
      return panel(model, action)
    case 'nextFailure':
      return toFailure(model, ['fail', 'error'], 1)
    case 'previousFailure':
      return toFailure(model, ['fail', 'error'], -1)
    case 'nextWarning':
      return toFailure(model, ['warn'], 1)
    case 'previousWarning':
      return toFailure(model, ['warn'], -1)
    case 'filter':
      return askFilter(model)
    case 'next':
      return nextMatch(model, 1)
    case 'previous':
      return nextMatch(model, -1)
    case 'group':
      return changedGroups(model)
    case 'class':
      return changedClass(model)
    case 'sort':
      return changedSort(model)
    case 'rerun':
      return rerun(model)
    case 'rerunFailed':
      return rerunFailed(model)
    case 'rerunAll':
      return askRerunAll(model)
    case 'cancel':
      return cancelled(model)
    case 'recheck':
      return recheckWanted(model)
    case 'copy':
    case 'copyMore':
      return copied(model, action)
    case 'edit':
      return edited(model)
    case 'export':
      return askExport(model)
    case 'note':
      return askNote(model)
    case 'waiver':
    case 'known':
      return snippetWanted(model, action)
    case 'help':
      return stay({ ...model, overlay: contextOf(model) === 'help' ? undefined : HELP })
    case 'quit':
      return quit(model)
    case 'interrupt':
      return interrupted(model)
  }
}

const HELP = { type: 'help', text: { top: 0, search: '' } } as const
