/** The licences of packages whose code is in ours: each wants its text to go along. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { MIT } from './mit.js'

/** The notice at the head of each of its files, which say that they are under the MIT licence. */
const NOTICES: Readonly<Record<string, string>> = {
  'yoga-layout': 'Copyright (c) Meta Platforms, Inc. and affiliates.',
}

/** `files` as the bundler names them. Throws where a package says nothing, for then it may not go in. */
export function licencesOf(files: readonly string[]): string {
  const directories = new Set(files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []))
  const texts = [...directories].map((directory) => {
    const { name, version, license } = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'))
    const notice = license === 'MIT' ? NOTICES[name] : undefined
    const text = notice === undefined ? textIn(directory) : `${notice}\n\n${MIT}`
    return { name: `${name} ${version}`, text: `${name} ${version} (${license})\n\n${text}\n` }
  })
  const sorted = texts.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ text }) => text)
  return ['The code of these packages is part of postflight.\n', ...sorted].join(`\n${'-'.repeat(80)}\n\n`)
}

function textIn(directory: string): string {
  const names = readdirSync(directory)
  const own = names.filter((name) => /^(licen[sc]e|copying|notice)/i.test(name))
  const read = (name: string): string => readFileSync(path.join(directory, name), 'utf8').trim()
  if (own.length > 0) return own.map(read).join('\n\n')
  // Some give it in their README alone, under a heading of its own.
  const readme = names.filter((name) => /^readme/i.test(name)).map(read)
  const under = readme.flatMap((text) => /^#* *licen[sc]e.*$[\s\S]*/im.exec(text)?.[0] ?? [])[0]
  if (under === undefined) throw new Error(`${directory} has no licence to go along: leave it among "dependencies"`)
  return under
}
