/** All the audit knows about what is on the screen. One value; `reduce.ts` is the only thing that makes the next. */
import type { CheckEnd, PlannedCheck } from '../engine/events.js'
import { NO_RUN, type RunState } from '../engine/tally.js'
import type { Side } from '../kinds/kind.js'
import { NO_PROGRESS, type Progress } from '../reporters/progress.js'
import type { ExportFormat } from './desk.js'
import type { FindingNumber, Group, Sort } from './findings/book.js'
import type { CheckSort, Grouping, OverviewRow } from './model/overview-rows.js'
import { AT_TOP, type Cursor } from './window.js'

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** From the whole to the one: Esc goes back along it. */
export type View = 'overview' | 'check' | 'findings' | 'evidence'

export interface Overview extends Cursor {
  readonly rows: readonly OverviewRow[]
  readonly filter: string
  readonly sort: CheckSort
  readonly grouping: Grouping
}

/** A text that is scrolled, and what is looked for in it. */
export interface Text {
  readonly top: number
  readonly search: string
  /** The line that a search has led to. */
  readonly found?: number | undefined
}

export type FindingsMode = 'list' | 'groups'

export interface Step extends Cursor {
  readonly mode: FindingsMode
  readonly prefix: string
}

export interface Findings {
  readonly check: string
  readonly mode: FindingsMode
  readonly finding: string | undefined
  /** latin1, as keys are. */
  readonly prefix: string
  readonly text: string
  readonly sort: Sort
  readonly numbers: Uint32Array
  readonly list: Cursor
  readonly groups: readonly Group[]
  readonly groupList: Cursor
  /** By class, of the whole check. */
  readonly counts: Readonly<Record<string, number>>
  /** Directories gone into, outermost first. */
  readonly trail: readonly Step[]
  /** The look that is under way. */
  readonly looking: { readonly id: number; readonly share: number } | undefined
  /** What is shown is not what the book holds by now. */
  readonly stale: boolean
  /** When the last look ended. Milliseconds since 1970. */
  readonly lookedAt: number
}

export interface Recheck {
  readonly state: 'asked' | 'stands' | 'changed' | 'gone' | 'unknown'
  readonly text: string
  /** What both sides say now; none until that is known. */
  readonly sides: readonly Side[]
  /** When that was. Milliseconds since 1970. */
  readonly at: number
}

/** What somebody wrote about a finding. */
export interface Note {
  readonly check: string
  readonly text: string
}

export type Prompt =
  | { readonly type: 'filter'; readonly text: string }
  | { readonly type: 'note'; readonly number: FindingNumber; readonly text: string }
  | { readonly type: 'export'; readonly text: string; readonly format: ExportFormat }
  | { readonly type: 'confirm'; readonly question: string; readonly yes: 'rerunAll' | 'quit' }

export type Overlay =
  | { readonly type: 'help'; readonly text: Text }
  | { readonly type: 'snippet'; readonly title: string; readonly snippet: string; readonly text: Text }

export interface Message {
  readonly text: string
  readonly bad: boolean
}

/** What was last drawn of a text: how long it is and which lines hold what is looked for. */
export interface Extent {
  readonly length: number
  readonly matches: readonly number[]
}

export interface Model {
  /** Checks can be run again. */
  readonly live: boolean
  readonly recording: string | undefined
  readonly size: Size
  readonly run: RunState
  readonly progress: Progress
  readonly planned: ReadonlyMap<string, PlannedCheck>
  readonly ends: ReadonlyMap<string, CheckEnd>
  /** A run was asked for and has not begun. */
  readonly asked: boolean
  readonly stopping: boolean

  readonly view: View
  readonly overview: Overview
  readonly check: Text
  readonly findings: Findings | undefined
  readonly evidence: Text

  readonly overlay: Overlay | undefined
  readonly prompt: Prompt | undefined
  readonly message: Message | undefined
  /** Those of findings that are no more are kept: the next run may find them again. */
  readonly notes: ReadonlyMap<FindingNumber, Note>
  readonly rechecks: ReadonlyMap<FindingNumber, Recheck>
  readonly extent: Extent
  /** A search was entered; where it leads is known when the text has been drawn. */
  readonly seeking: boolean
  /** Numbers looks for findings, so that the answer to an older one is known. */
  readonly lastLook: number
  /** The editor has the terminal. */
  readonly away: boolean
}

export const UNSEARCHED: Text = { top: 0, search: '' }
export const NO_EXTENT: Extent = { length: 0, matches: [] }

export interface ModelOptions {
  readonly live: boolean
  readonly recording?: string | undefined
  readonly size: Size
}

export function emptyModel({ live, recording, size }: ModelOptions): Model {
  return {
    live,
    recording,
    size,
    run: NO_RUN,
    progress: NO_PROGRESS,
    planned: new Map(),
    ends: new Map(),
    asked: false,
    stopping: false,
    view: 'overview',
    // Of a run that is over the worst is looked for first; rows that move while one reads are a nuisance.
    overview: { ...AT_TOP, rows: [], filter: '', sort: live ? 'plan' : 'worst', grouping: 'nothing' },
    check: UNSEARCHED,
    findings: undefined,
    evidence: UNSEARCHED,
    overlay: undefined,
    prompt: undefined,
    message: undefined,
    notes: new Map(),
    rechecks: new Map(),
    extent: NO_EXTENT,
    seeking: false,
    lastLook: 0,
    away: false,
  }
}

/** Which keys mean something and what is drawn: the overlay, or the view. */
export type Context = 'overview' | 'check' | 'list' | 'groups' | 'evidence' | 'help' | 'snippet'

export function contextOf(model: Model): Context {
  if (model.overlay !== undefined) return model.overlay.type
  return model.view === 'findings' ? (model.findings?.mode ?? 'list') : model.view
}

/** Id of the check the cursor is at. */
export function checkAt({ overview }: Model): string | undefined {
  const row = overview.rows[overview.cursor]
  return row?.type === 'check' ? row.id : undefined
}

/** The finding the cursor is at. */
export function findingAt({ findings }: Model): FindingNumber | undefined {
  return findings?.mode === 'list' ? findings.numbers[findings.list.cursor] : undefined
}

export function isRunning({ live, asked, run }: Model): boolean {
  return live && (asked || run.end === undefined)
}
