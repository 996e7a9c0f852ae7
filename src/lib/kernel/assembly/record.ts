/** A record of the log: the bytes of its key and of its rest (u32 each), and the two. */
const HEADER: usize = 8

/** Where the key of the record at `record` begins. */
export function keyOf(record: usize): usize {
  return record + HEADER
}

/** Where its rest begins, and its key ends. */
export function restOf(record: usize): usize {
  return record + HEADER + load<u32>(record)
}

/** Where the next one begins. */
export function endOfRecord(record: usize): usize {
  return restOf(record) + load<u32>(record, 4)
}

/** Writes what stands before the key. */
export function setHeader(record: usize, keyBytes: u32, restBytes: u32): void {
  store<u32>(record, keyBytes)
  store<u32>(record, restBytes, 4)
}
