/** A value that must never appear, and the name people know it by. */
export interface SecretValue {
  readonly name: string
  readonly value: string
}
