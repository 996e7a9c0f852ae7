/** A place in a check file. Lines and columns count from 1; columns in UTF-16 units, as editors and SARIF do. */
export interface Position {
  /** As the user would write it: relative to the working directory where it lies below it. */
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endLine?: number | undefined
  readonly endColumn?: number | undefined
}

/** A position with the source line it stands on, so that a caret can be drawn without reading the file again. */
export interface Excerpt extends Position {
  readonly text: string
}
