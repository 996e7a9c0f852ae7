/** Names of what a walk of the whole tree tells. */
import type { SubjectSpec } from '../kind.js'

export const TREE: readonly SubjectSpec[] = [
  { name: 'tree_entries', type: 'count', unit: 'entries', meaning: 'Everything at and below `path`.' },
  { name: 'owners', type: 'list', meaning: 'Owners and groups in the tree, each uid:gid once.' },
  {
    name: 'setgid_directories',
    type: 'count',
    of: 'tree_entries',
    unit: 'entries',
    meaning: 'Directories with the setgid bit.',
  },
  { name: 'hardlinked', type: 'count', of: 'tree_entries', unit: 'entries', meaning: 'Files with more than one name.' },
  {
    name: 'sparse',
    type: 'count',
    of: 'tree_entries',
    unit: 'entries',
    meaning: 'Files that hold less than they are long.',
  },
  { name: 'broken_links', type: 'count', of: 'tree_entries', unit: 'entries', meaning: 'Links that lead nowhere.' },
  {
    name: 'capable',
    type: 'count',
    of: 'tree_entries',
    unit: 'entries',
    meaning: 'Files with capabilities; needs getcap there.',
  },
  { name: 'newest_age', type: 'duration', meaning: 'Time since the newest file was written.' },
  { name: 'oldest_age', type: 'duration', meaning: 'Time since the oldest file was written.' },
]
