import { describe, expect, test } from 'vitest'
import { lexSql } from '../../src/lib/sql-lex.js'
import { checkSql } from '../../src/lib/sql-lex-check.js'
import { findParams } from '../../src/lib/sql-lex-params.js'

describe('a :name is a parameter only where it stands as a token of its own', () => {
  const cases: readonly (readonly [sql: string, names: readonly string[], declared?: readonly string[]])[] = [
    ['select :a, :b_2+:a', ['a', 'b_2', 'a']],
    ['select id::text, x :: int', []],
    ["select ':a', 'it''s :a', n':a', b'0:a'", []],
    ["select E'\\':a' || :b", ['b']],
    ["select E'x'\n  '\\':a' || :b", ['b']],
    ["select E'x' -- :c\n '\\':a' || :b", ['b']],
    ["select 'x'\n'\\' || :a", ['a']],
    ["select E'x' '\\' || :a", ['a']],
    ['select U&\'\\0061\' || :a, u&":b"', ['a']],
    ['select ":a" , "x"":a"', []],
    ['select $$ :a $$, $t$ :a $$ $t$ || :b', ['b']],
    ['select foo$$bar, :a, x$$', ['a']],
    ['select 1 -- :a\n, :b', ['b']],
    ['select /* :a /* :a */ :a */ :b', ['b']],
    ['select f(a := 1, b := :b)', ['b']],
    ['select x[1:2], x[:from: :to]', []],
    ['select x[1:2], x[:from: :to]', ['from', 'to'], ['from', 'to']],
    ['select x[lo:hi]', []],
    ['select a:b', ['b']],
    ['select interval :i, 1:n', ['i', 'n']],
    ['select @-- :a\n :b', ['b']],
    ['select :größe', ['größe']],
    ["select e':a'", []],
    ["select some':a'", []],
    ['select 0x1F:a', ['a']],
  ]
  for (const [sql, names, declared = []] of cases)
    test(`${sql} ${declared}`, () => {
      expect(findParams(sql, new Set(declared)).map((param) => param.name)).toEqual(names)
      for (const { name, start, end } of findParams(sql, new Set(declared)))
        expect(sql.slice(start, end)).toBe(`:${name}`)
    })
})

test('tokens cover the text in order and do not overlap', () => {
  const sql = 'select a.b, E\'x\\\'\' /* c /* d */ */ from "T""" where $$x$$ = $1 -- end'
  let last = 0
  for (const { start, end } of lexSql(sql)) {
    expect(sql.slice(last, start).trim()).toBe('')
    expect(end).toBeGreaterThan(start)
    last = end
  }
  expect(last).toBe(sql.length)
})

describe('what is wrong with SQL is said with its place', () => {
  const cases: readonly (readonly [sql: string, params: Record<string, unknown>, problem: string, at?: string])[] = [
    ['select 1', {}, ''],
    ['with x as (select 1) select * from x -- fine', {}, ''],
    ['(select 1) union (select 2)', {}, ''],
    ['table t', {}, ''],
    ['', {}, 'empty'],
    [' -- nothing', {}, 'empty'],
    ['select 1;', {}, 'may not end it', ';'],
    ['select 1; -- done', {}, 'may not end it', ';'],
    ['select 1; select 2', {}, 'only one statement', ';'],
    ["select ';'", {}, ''],
    ['select (1', {}, 'never closed', '(1'],
    ['select 1) q', {}, 'closes no "("', ') q'],
    ['select (1]', {}, 'closes no "["', ']'],
    ["select 'a", {}, 'string is not closed', "'a"],
    ["select E'a\\'", {}, 'string is not closed', "E'a"],
    ['select "a', {}, 'identifier is not closed', '"a'],
    ['select /* a /* b */', {}, 'comment is not closed', '/* a'],
    ['select $x$ a $$', {}, 'string is not closed', '$x$'],
    ['insert into t values (1)', {}, 'begins with SELECT', 'insert'],
    ['select :a', {}, '":a" is not in params', ':a'],
    ['select :a', { a: 1, b: 2 }, 'never uses the parameter "b"'],
    ['select $1', {}, '$1 is not a parameter', '$1'],
    ['select \0', {}, 'NUL', '\0'],
  ]
  for (const [sql, params, message, at] of cases)
    test(`${sql} ${JSON.stringify(params)}`, () => {
      const [problem] = checkSql(sql, params)
      if (message === '') expect(problem).toBeUndefined()
      else expect(problem?.message).toContain(message)
      if (at !== undefined) expect(sql.slice(problem?.offset)).toMatch(new RegExp(`^${at.replace(/[^\w\s]/g, '\\$&')}`))
    })

  test('a condition need not begin like a query', () => {
    expect(checkSql('deleted_at is null', {}, 'condition')).toEqual([])
    expect(checkSql('true) or (true', {}, 'condition')).toHaveLength(1)
  })
})
