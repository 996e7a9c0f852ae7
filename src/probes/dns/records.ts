/** The records of an answer in words: those asked for, at the end of the chain of other names that leads to them. */
import type { Answer, MxData, SoaData, SrvData, TxtData } from 'dns-packet'
import { plainName, type Question, sameName } from './message.js'

export interface Records {
  /** Each as text, in the order of the alphabet: servers turn theirs around from answer to answer. */
  readonly answers: readonly string[]
  /** Names the asked one leads to, in order. */
  readonly chain: readonly string[]
  /** Seconds; the least of all records on the way. */
  readonly ttl: number | undefined
}

export function recordsOf({ name, type }: Question, all: readonly Answer[]): Records {
  const { chain, owner, on } = type === 'CNAME' ? { chain: [], owner: name, on: [] } : followed(name, all)
  const found = all.filter((record) => record.type === type && sameName(record.name, owner))
  const ttls = [...on, ...found].flatMap((record) => ('ttl' in record && record.ttl !== undefined ? [record.ttl] : []))
  return {
    answers: [...new Set(found.map(recordText))].sort(),
    chain,
    ttl: found.length === 0 ? undefined : Math.min(...ttls),
  }
}

function followed(name: string, all: readonly Answer[]) {
  const chain: string[] = []
  const on: Answer[] = []
  let owner = name
  // Each record is taken once, so that a circle ends.
  for (;;) {
    const next = all.find((record) => record.type === 'CNAME' && !on.includes(record) && sameName(record.name, owner))
    if (next === undefined) return { chain, owner, on }
    owner = plainName(String((next as { data: unknown }).data))
    chain.push(owner)
    on.push(next)
  }
}

function recordText(record: Answer): string {
  const data: unknown = 'data' in record ? record.data : ''
  switch (record.type) {
    case 'MX': {
      const { preference, exchange } = data as MxData
      return `${preference ?? 0} ${plainName(exchange)}`
    }
    case 'SRV': {
      const { priority, weight, port, target } = data as SrvData
      return `${priority ?? 0} ${weight ?? 0} ${port} ${plainName(target)}`
    }
    case 'SOA': {
      const { mname, rname, serial, refresh, retry, expire, minimum } = data as SoaData
      return `${plainName(mname)} ${plainName(rname)} ${[serial, refresh, retry, expire, minimum].join(' ')}`
    }
    case 'CAA': {
      const { flags, tag, value } = data as { flags?: number; tag: string; value: string }
      return `${flags ?? 0} ${tag} ${value}`
    }
    case 'TXT':
      return [data as TxtData].flat().map(String).join('')
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return plainName(String(data))
    default:
      return String(data)
  }
}
