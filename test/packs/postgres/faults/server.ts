/** What is wrong with the server itself, or still leads to the old one. */
import { expect } from 'vitest'
import { type Fault, made, ofDatabase, system } from './fault.js'

const LOSES = [
  ['fsync', 'off'],
  ['full_page_writes', 'off'],
  ['zero_damaged_pages', 'on'],
  ['ignore_checksum_failure', 'on'],
] as const
const LOADS = [
  ['autovacuum', 'off'],
  ['track_counts', 'off'],
  ['synchronous_commit', 'off'],
  ['allow_system_table_mods', 'on'],
  ['enable_tidscan', 'off'],
  ['enable_material', 'off'],
] as const

export const SERVER: readonly Fault[] = [
  {
    check: 'target',
    slow: true,
    plant: [
      'alter role app_user set default_transaction_read_only = on',
      'alter role all set default_transaction_read_only = true',
      ofDatabase('alter database %I set default_transaction_read_only = yes'),
      ofDatabase('alter role app_user in database %I set default_transaction_read_only = 1'),
      ...system('set default_transaction_read_only = on'),
    ],
    undo: [
      ...system('reset default_transaction_read_only'),
      'set default_transaction_read_only = off',
      'ALTER ROLE app_user RESET default_transaction_read_only',
      'ALTER ROLE ALL RESET default_transaction_read_only',
      ofDatabase('ALTER DATABASE %I RESET default_transaction_read_only'),
      ofDatabase('ALTER ROLE app_user IN DATABASE %I RESET default_transaction_read_only'),
      'reset default_transaction_read_only',
    ],
    found: [
      { what: 'read only', fix: 'ALTER ROLE app_user RESET default_transaction_read_only' },
      { fix: 'ALTER ROLE ALL RESET default_transaction_read_only' },
      { fix: expect.stringMatching(/^ALTER DATABASE \S+ RESET default_transaction_read_only$/) },
      { fix: expect.stringMatching(/^ALTER ROLE app_user IN DATABASE \S+ RESET default_transaction_read_only$/) },
      { fix: 'ALTER SYSTEM RESET default_transaction_read_only; SELECT pg_reload_conf()' },
    ],
  },
  {
    // The two others of its list are read at the start of a server, or of a session.
    check: 'settings-durable',
    slow: true,
    plant: system(...LOSES.map(([name, value]) => `set ${name} = ${value}`)),
    undo: system(...LOSES.map(([name]) => `reset ${name}`)),
    found: LOSES.map(([name, setting]) => ({
      name,
      setting,
      fix: `ALTER SYSTEM RESET ${name}; SELECT pg_reload_conf()`,
    })),
  },
  {
    check: 'page-checksums',
    // Counters arrive late.
    slow: true,
    plant: [
      'create table app.torn (id int)',
      `do $$ begin execute format('copy (select repeat(''x'', 8192)) to %L',
        current_setting('data_directory') || '/' || pg_relation_filepath('app.torn')); end $$`,
      { fails: 'select * from app.torn' },
      'drop table app.torn',
    ],
    undo: ['select pg_stat_reset()'],
    found: [{ failures: 1 }],
  },
  {
    check: 'settings-sane',
    slow: true,
    also: ['settings-expected'],
    plant: system(...LOADS.map(([name, value]) => `set ${name} = ${value}`)),
    undo: system(...LOADS.map(([name]) => `reset ${name}`)),
    found: LOADS.map(([name, setting]) => ({
      name,
      setting,
      fix: `ALTER SYSTEM RESET ${name}; SELECT pg_reload_conf()`,
    })),
  },
  {
    check: 'settings-sane',
    slow: true,
    // Before, it is what the server comes with.
    since: 14,
    plant: system('set password_encryption = md5'),
    undo: system('reset password_encryption'),
    found: [{ name: 'password_encryption', setting: 'md5' }],
  },
  {
    check: 'settings-pending',
    slow: true,
    plant: system('set max_connections = 150'),
    undo: system('reset max_connections'),
    found: [{ name: 'max_connections' }],
  },
  {
    check: 'archiving',
    slow: true,
    plant: [...system(`set archive_command = 'false'`), 'select txid_current()', 'select pg_switch_wal()'],
    // Having failed three times it rests for a minute, unless there is something new.
    undo: [...system(`set archive_command = 'true'`), 'select txid_current()', 'select pg_switch_wal()'],
    found: [{ problem: 'the last attempt failed' }],
  },
  {
    check: 'foreign-servers',
    plant: [`alter server archive options (set host 'old.example.net', add hostaddr 'old.example.net')`],
    undo: [`alter server archive options (set host 'new.example.net', drop hostaddr)`],
    found: [
      { server: 'archive', host: 'old.example.net', fix: `ALTER SERVER archive OPTIONS (SET host '…')` },
      { server: 'archive', host: 'old.example.net', fix: `ALTER SERVER archive OPTIONS (SET hostaddr '…')` },
    ],
  },
  {
    check: 'databases',
    plant: [
      'create database closed allow_connections false',
      'create database half_dropped',
      `update pg_database set datconnlimit = -2 where datname = 'half_dropped'`,
    ],
    undo: ['drop database closed', 'DROP DATABASE half_dropped'],
    found: [
      { database: 'closed', fix: 'ALTER DATABASE closed ALLOW_CONNECTIONS true' },
      { database: 'half_dropped', fix: 'DROP DATABASE half_dropped' },
    ],
  },
  {
    check: 'jobs',
    plant: [
      'create schema cron authorization migrator',
      'grant usage on schema cron to watcher',
      ...made(`create table cron.job (jobid bigint primary key, schedule text, nodename text, username text, active boolean);
        insert into cron.job values (1, '@daily', 'localhost', 'app_user', true), (2, '@daily', 'localhost', 'app_user', false),
          (3, '@daily', 'localhost', 'nobody', true), (4, '@daily', 'old.example.net', 'app_user', true)`),
    ],
    undo: ['drop schema cron cascade'],
    found: [
      { job: 2, problem: 'off', fix: 'SELECT cron.alter_job(2, active := true)' },
      { job: 3, problem: 'its role is not there', fix: 'CREATE ROLE nobody LOGIN' },
      {
        job: 4,
        problem: 'runs on the old host',
        fix: `UPDATE cron.job SET nodename = 'localhost' WHERE jobid = 4`,
      },
    ],
  },
]
