export const BYTEA = 17
