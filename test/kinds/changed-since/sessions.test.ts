import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { decode } from '../../../src/snapshot/format.js'
import { take } from '../../snapshot/record.js'
import { recordShop } from './shop.js'

/** A value that can be read only while another statement runs beside its own. */
const IN_COMPANY = `
  create type shop.shy as (a int);
  create function shop.shy_text(shop.shy) returns text language plpgsql as $$
  begin
    for i in 1..20 loop
      perform pg_stat_clear_snapshot();
      if exists (select from pg_stat_activity where datname = current_database() and state = 'active'
        and pid <> pg_backend_pid()) then return 'in company'; end if;
      perform pg_sleep(0.05);
    end loop;
    raise exception 'alone';
  end $$;
  create cast (shop.shy as text) with function shop.shy_text(shop.shy);
  create table shop.shy_one as select row(1)::shop.shy as a;
  create table shop.shy_two as select row(2)::shop.shy as a;
`

it('reads as many tables at once as the connection has sessions to spare, and one that fails spoils no other', async () => {
  const shop = await recordShop()
  try {
    await shop.database.client.query(IN_COMPANY)
    const unread = async (of: string): Promise<string> => {
      shop.check('', of)
      const { code, stdout } = await take(shop.here(), { output: 'shy.snapshot', force: true })
      return `${code} ${JSON.parse(stdout).unobserved[0]?.reason ?? ''}`
    }
    expect(await unread(', limit: 2')).toBe('3 2 tables could not be read whole: shop.shy_one, shop.shy_two')
    // The one that is read first may be alone again before it has looked.
    expect(await unread(', limit: 4')).toMatch(/^(0 $|3 1 table )/)
    const held = await shop.told('', { of: ', limit: 2', flags: { baseline: 'shy.snapshot' } })
    expect(held.list).toEqual(['unverifiable table shop.shy_one', 'unverifiable table shop.shy_two'])
    expect(held.findings['kept']?.map(({ reason }) => reason)).toContain(
      'a function raised an error (message withheld: it may hold row values)',
    )
    expect([held.code, held.ends['kept']?.subjects['rows']]).toEqual([3, 5951])
  } finally {
    await shop.end()
  }
})

/** A value that reads as what its transaction sees, and takes its time. */
const MOMENT = `
  create type shop.moment as (a int);
  create function shop.moment_text(shop.moment) returns text language plpgsql as $$
  begin perform pg_sleep(0.4); return pg_current_snapshot()::text; end $$;
  create cast (shop.moment as text) with function shop.moment_text(shop.moment);
  create table shop.moment_one as select row(1)::shop.moment as a;
  create table shop.moment_two as select row(1)::shop.moment as a;
`

it('reads all of them as of one moment, whatever is written meanwhile', async () => {
  const shop = await recordShop()
  const { client } = shop.database
  let over = false
  try {
    await client.query(MOMENT)
    const writing = (async () => {
      while (!over) await client.query('select pg_current_xact_id()')
    })()
    shop.check(', schemas: [shop]', ', limit: 4')
    const { code } = await take(shop.here(), { output: 'moment.snapshot' })
    over = true
    await writing
    const decoded = decode(readFileSync(join(shop.place.path, 'moment.snapshot')))
    const value = ('value' in decoded ? decoded.value : undefined) as {
      checks: { kept: { kept: { tables: Record<string, { sums: readonly string[] }> } } }
    }
    const { tables } = value.checks.kept.kept
    expect(code).toBe(0)
    expect(tables['shop.moment_one']?.sums).toEqual(tables['shop.moment_two']?.sums)
  } finally {
    over = true
    await shop.end()
  }
})
