/**
 * The environment of a process as a shell reads it, shared by the scripts that look into it. Values stay inside: what a
 * script prints of one is a word, a digest, or where it points to.
 */

/** Stands for the environment that the script itself was started with. */
export const OWN_ENVIRONMENT = 'self'

/**
 * `entries DIR` prints one variable a line: /proc/<pid>/environ parts them by NUL, so a newline inside a value (as the
 * character 036 here) can never pass for the beginning of another variable.
 */
export const ENTRIES = `
LC_ALL=C; export LC_ALL
newline=$(printf '\\036')
environ() { case $1 in self) printf '/proc/%s/environ' "$$" ;; *) printf '%s/environ' "$1" ;; esac; }
readable() { ( : < "$(environ "$1")" ) 2>/dev/null; }
entries() { tr '\\000\\n' '\\n\\036' < "$(environ "$1")" 2>/dev/null; }
`
