/** The one table of keys. What is handled, the footer, the help and docs/audit.md are read from it. */
import { type Context, findingAt, isRunning, type Model } from './model.js'

export type Action =
  | 'up'
  | 'down'
  | 'pageUp'
  | 'pageDown'
  | 'halfUp'
  | 'halfDown'
  | 'first'
  | 'last'
  | 'open'
  | 'back'
  | 'filter'
  | 'next'
  | 'previous'
  | 'nextFailure'
  | 'previousFailure'
  | 'nextWarning'
  | 'previousWarning'
  | 'nextPanel'
  | 'previousPanel'
  | 'overview'
  | 'check'
  | 'findings'
  | 'directories'
  | 'evidence'
  | 'sort'
  | 'group'
  | 'class'
  | 'rerun'
  | 'rerunFailed'
  | 'rerunAll'
  | 'cancel'
  | 'recheck'
  | 'copy'
  | 'copyMore'
  | 'edit'
  | 'export'
  | 'note'
  | 'waiver'
  | 'known'
  | 'help'
  | 'quit'
  | 'interrupt'

export const SECTIONS = ['Move', 'Look', 'Act', 'Leave'] as const

export interface Binding {
  readonly action: Action
  readonly keys: readonly string[]
  readonly label: string
  readonly section: (typeof SECTIONS)[number]
  /** Where it means something; undefined: everywhere. */
  readonly in?: readonly Context[]
  readonly when?: (model: Model) => boolean
  /** Why not, where `when` says so. */
  readonly otherwise?: (model: Model) => string
  /** A word for the footer; the lower the rank, the sooner it is there. */
  readonly foot?: { readonly word: string; readonly rank: number }
  /** Never out of several keys at once: that may be text that was pasted. */
  readonly deliberate?: true
}

const LISTS = ['overview', 'list', 'groups'] as const
const FINDINGS = ['list', 'groups', 'evidence'] as const
const VIEWS = ['overview', 'check', ...FINDINGS] as const
const isLive = ({ live }: Model): boolean => live
const isIdle = (model: Model): boolean => model.live && !isRunning(model)
const whyNot = ({ live }: Model): string =>
  live ? 'a run is under way: c stops it' : 'a recorded run cannot be run again'
const hasFinding = (model: Model): boolean => findingAt(model) !== undefined

export const BINDINGS: readonly Binding[] = [
  { action: 'up', keys: ['k', 'up'], label: 'one up', section: 'Move' },
  { action: 'down', keys: ['j', 'down'], label: 'one down', section: 'Move' },
  { action: 'pageUp', keys: ['pageup', 'ctrl-b'], label: 'a page up', section: 'Move' },
  { action: 'pageDown', keys: ['pagedown', 'ctrl-f', 'space'], label: 'a page down', section: 'Move' },
  { action: 'halfUp', keys: ['ctrl-u'], label: 'half a page up', section: 'Move' },
  { action: 'halfDown', keys: ['ctrl-d'], label: 'half a page down', section: 'Move' },
  { action: 'first', keys: ['g', 'home'], label: 'to the first', section: 'Move' },
  { action: 'last', keys: ['G', 'end'], label: 'to the last', section: 'Move' },
  {
    action: 'open',
    keys: ['enter', 'right', 'l'],
    label: 'open: the check, its findings, the directory, the evidence',
    section: 'Move',
    in: ['overview', 'check', 'list', 'groups'],
    foot: { word: 'open', rank: 1 },
  },
  {
    action: 'back',
    keys: ['escape', 'left', 'h'],
    label: 'back by one; first takes a filter away',
    section: 'Move',
    foot: { word: 'back', rank: 2 },
    when: (model) => model.view !== 'overview' || model.overlay !== undefined || model.overview.filter !== '',
  },
  { action: 'nextPanel', keys: ['tab'], label: 'the next view', section: 'Move', in: VIEWS },
  { action: 'previousPanel', keys: ['shift-tab'], label: 'the view before', section: 'Move', in: VIEWS },
  { action: 'overview', keys: ['1'], label: 'all checks', section: 'Move' },
  { action: 'check', keys: ['2'], label: 'the check', section: 'Move' },
  { action: 'findings', keys: ['3'], label: 'its findings', section: 'Move' },
  { action: 'directories', keys: ['4'], label: 'its findings by directory', section: 'Move' },
  {
    action: 'evidence',
    keys: ['5'],
    label: 'the evidence of the finding',
    section: 'Move',
    when: hasFinding,
    otherwise: () => 'there is no finding here',
  },
  {
    action: 'nextFailure',
    keys: ['e'],
    label: 'the next check that failed or could not tell',
    section: 'Move',
    in: VIEWS,
    foot: { word: 'next failure', rank: 5 },
  },
  {
    action: 'previousFailure',
    keys: ['E'],
    label: 'the one before that failed or could not tell',
    section: 'Move',
    in: VIEWS,
  },
  { action: 'nextWarning', keys: ['w'], label: 'the next check that warned', section: 'Move', in: VIEWS },
  { action: 'previousWarning', keys: ['W'], label: 'the one before that warned', section: 'Move', in: VIEWS },

  {
    action: 'filter',
    keys: ['/'],
    label: 'filter a list, search a text; ! before it: without',
    section: 'Look',
    foot: { word: 'filter', rank: 3 },
  },
  { action: 'next', keys: ['n'], label: 'the next line that holds it, or the next finding', section: 'Look' },
  { action: 'previous', keys: ['N'], label: 'the line before that holds it, or the finding before', section: 'Look' },
  {
    action: 'group',
    keys: ['d'],
    label: 'findings by directory; checks by file, tag, owner, migration, outcome',
    section: 'Look',
    in: LISTS,
    foot: { word: 'group', rank: 4 },
  },
  {
    action: 'class',
    keys: ['t'],
    label: 'only findings of one class, then of the next',
    section: 'Look',
    in: ['list', 'groups'],
    foot: { word: 'class', rank: 6 },
  },
  {
    action: 'sort',
    keys: ['s'],
    label: 'another order',
    section: 'Look',
    in: ['overview', 'list'],
    foot: { word: 'sort', rank: 8 },
  },

  {
    action: 'rerun',
    keys: ['r'],
    label: 'run this check again',
    section: 'Act',
    in: VIEWS,
    when: isIdle,
    otherwise: whyNot,
    foot: { word: 'run again', rank: 7 },
    deliberate: true,
  },
  {
    action: 'rerunFailed',
    keys: ['f'],
    label: 'run again what did not pass',
    section: 'Act',
    in: VIEWS,
    when: isIdle,
    otherwise: whyNot,
    deliberate: true,
  },
  {
    action: 'rerunAll',
    keys: ['a'],
    label: 'run all checks again; asks first',
    section: 'Act',
    in: VIEWS,
    when: isIdle,
    otherwise: whyNot,
    deliberate: true,
  },
  {
    action: 'cancel',
    keys: ['c'],
    label: 'stop the run, or the look for findings',
    section: 'Act',
    in: VIEWS,
    when: (model) => isRunning(model) || model.findings?.looking !== undefined,
    otherwise: () => 'nothing is under way',
    foot: { word: 'stop', rank: 3 },
    deliberate: true,
  },
  {
    action: 'recheck',
    keys: ['v'],
    label: 'look at this finding again',
    section: 'Act',
    in: ['list', 'evidence'],
    when: (model) => isLive(model) && hasFinding(model),
    otherwise: (model) => (isLive(model) ? 'there is no finding here' : 'a recorded run cannot be looked at again'),
    foot: { word: 'verify', rank: 4 },
    deliberate: true,
  },
  {
    action: 'copy',
    keys: ['y'],
    label: 'copy the key, the id of the check, or the text to paste',
    section: 'Act',
    in: [...VIEWS, 'snippet'],
    foot: { word: 'copy', rank: 6 },
    deliberate: true,
  },
  {
    action: 'copyMore',
    keys: ['Y'],
    label: 'copy what to paste or run, or the finding as JSON',
    section: 'Act',
    in: VIEWS,
    deliberate: true,
  },
  {
    action: 'edit',
    keys: ['o'],
    label: 'open the check file at the check',
    section: 'Act',
    in: VIEWS,
    deliberate: true,
  },
  {
    action: 'export',
    keys: ['x'],
    label: 'write what the filter shows to a file',
    section: 'Act',
    in: FINDINGS,
    foot: { word: 'export', rank: 7 },
    deliberate: true,
  },
  {
    action: 'note',
    keys: ['m'],
    label: 'mark this finding, with a note',
    section: 'Act',
    in: ['list', 'evidence'],
    when: hasFinding,
    otherwise: () => 'there is no finding here',
    foot: { word: 'note', rank: 8 },
    deliberate: true,
  },
  {
    action: 'waiver',
    keys: ['+'],
    label: 'a waiver of this check, to paste',
    section: 'Act',
    in: VIEWS,
    deliberate: true,
  },
  {
    action: 'known',
    keys: ['K'],
    label: 'a list of known findings, to paste',
    section: 'Act',
    in: ['check', ...FINDINGS],
    deliberate: true,
  },

  { action: 'help', keys: ['?'], label: 'all keys', section: 'Leave', foot: { word: 'help', rank: 0 } },
  { action: 'quit', keys: ['q'], label: 'leave', section: 'Leave', foot: { word: 'leave', rank: 9 }, deliberate: true },
  {
    action: 'interrupt',
    keys: ['ctrl-c'],
    label: 'stop the run; once more, or without a run: leave',
    section: 'Leave',
  },
]
