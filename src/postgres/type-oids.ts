export const BYTEA = 17
export const BIGINT = 20
export const SMALLINT = 21
export const INTEGER = 23
export const TEXT = 25
export const VARCHAR = 1043
export const UUID = 2950
