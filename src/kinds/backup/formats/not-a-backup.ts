/** What lies where a backup should be, told by its first bytes: what is none, and what cannot be looked into. */
import { Damage, Unseen } from './damage.js'

const SMALL = 512

interface Sign {
  readonly matches: (head: Buffer, text: string) => boolean
  readonly error: (what: string) => Error
  readonly what: string
}

const damage = (what: string) => new Damage(what)
const encrypted = (how: string) => new Unseen(`it is encrypted (${how}), so nothing in it can be seen`)
const foreign = (name: string) => new Unseen(`it is ${name}, which is not looked into here`)
const starts =
  (...bytes: readonly number[]) =>
  (head: Buffer) =>
    bytes.every((byte, index) => head[index] === byte)
const says = (pattern: RegExp) => (_: Buffer, text: string) => pattern.test(text)

const SIGNS: readonly Sign[] = [
  { matches: says(/^age-encryption\.org\/|^-----BEGIN AGE ENCRYPTED FILE/), error: encrypted, what: 'age' },
  { matches: says(/^-----BEGIN PGP MESSAGE/), error: encrypted, what: 'OpenPGP' },
  { matches: isOpenPgp, error: encrypted, what: 'OpenPGP' },
  { matches: says(/^Salted__/), error: encrypted, what: 'openssl enc' },
  {
    matches: says(/^\s*<(?:!doctype html|html)/i),
    error: damage,
    what: 'it is an HTML page, as servers send with an error',
  },
  { matches: says(/^\s*<\?xml[^>]*>\s*<Error>/), error: damage, what: 'it is the error message of an object store' },
  { matches: says(/^\s*<Error>/), error: damage, what: 'it is the error message of an object store' },
  { matches: says(/^version https:\/\/git-lfs/), error: damage, what: 'it is a pointer of Git LFS, not the content' },
  {
    matches: says(/^pg_(?:dump|dumpall|basebackup): /),
    error: damage,
    what: 'it is the error message of the program that should have made it',
  },
  {
    matches: says(/^(?:mysqldump|mariadb-dump): /),
    error: damage,
    what: 'it is the error message of the program that should have made it',
  },
  { matches: (head) => head.every((byte) => byte === 0), error: damage, what: 'it begins with nothing but zeros' },
  { matches: starts(0xfd, 0x37, 0x7a, 0x58, 0x5a), error: foreign, what: 'xz' },
  { matches: says(/^BZh[1-9]/), error: foreign, what: 'bzip2' },
  { matches: starts(0x04, 0x22, 0x4d, 0x18), error: foreign, what: 'lz4' },
  { matches: starts(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c), error: foreign, what: '7z' },
]

/** The error for a beginning that is none of the formats read here. */
export function notABackup(head: Buffer, size: number | undefined): Error {
  const text = head.toString('latin1')
  const sign = SIGNS.find(({ matches }) => matches(head, text))
  if (sign !== undefined) return sign.error(sign.what)
  if (size !== undefined && size < SMALL) {
    return new Damage(`it has only ${size} bytes and is of no format a backup has`)
  }
  return new Unseen('it is of no format known here')
}

/** RFC 4880 4.2: a session key packet comes first, in version 3 (to a key) or 4 (with a passphrase). */
function isOpenPgp(head: Buffer): boolean {
  const [tag = 0, ...rest] = head.subarray(0, 5)
  const version =
    tag === 0x85 ? rest[2] : tag === 0x84 || tag === 0x8c || tag === 0xc1 || tag === 0xc3 ? rest[1] : undefined
  return version !== undefined && version >= 3 && version <= 6
}
