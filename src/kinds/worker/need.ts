/** One thing a job needs, and what came of looking for it. */

export interface Need {
  /** `env SMTP_HOST`, `file /app/templates`, `tcp smtp.example.net:587`. */
  readonly key: string
  /** `untold`: it could not be looked at. */
  readonly is: 'met' | 'missing' | 'untold'
  /** Why, in words that hold no value of the environment. */
  readonly reason?: string | undefined
  /** Of a service with credentials: whether a login was tried and accepted, or why none was tried. */
  readonly login?: 'accepted' | { readonly untried: string } | undefined
}

export interface NeedsAnswer {
  readonly needs: readonly Need[]
  readonly notes?: readonly string[]
}
