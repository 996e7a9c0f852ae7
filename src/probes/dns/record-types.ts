/** Types of records that can be asked for. Light. */
export const RECORD_TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'TXT', 'SRV', 'NS', 'PTR', 'CAA', 'SOA'] as const
export type RecordName = (typeof RECORD_TYPES)[number]

/** What getaddrinfo can be asked for; any other type is asked of the name servers of the system. */
export function throughSystem(type: RecordName): boolean {
  return type === 'A' || type === 'AAAA'
}
