/** What is wrong with the server itself, or still leads to the old one. */
import { type Fault, made, system } from './fault.js'

export const SERVER: readonly Fault[] = [
  {
    check: 'target',
    plant: ['alter role app_user set default_transaction_read_only = on'],
    undo: ['alter role app_user reset default_transaction_read_only'],
    found: [{ what: 'read only', fix: 'ALTER ROLE app_user RESET default_transaction_read_only' }],
  },
  {
    check: 'settings-durable',
    slow: true,
    plant: system('set zero_damaged_pages = on'),
    undo: system('reset zero_damaged_pages'),
    found: [{ name: 'zero_damaged_pages', fix: 'ALTER SYSTEM RESET zero_damaged_pages; SELECT pg_reload_conf()' }],
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
    plant: system('set enable_tidscan = off'),
    undo: system('reset enable_tidscan'),
    found: [{ name: 'enable_tidscan', setting: 'off' }],
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
    plant: [`alter server archive options (set host 'old.example.net')`],
    undo: [`alter server archive options (set host 'new.example.net')`],
    found: [{ server: 'archive', host: 'old.example.net' }],
  },
  {
    check: 'databases',
    plant: ['create database closed allow_connections false'],
    undo: ['drop database closed'],
    found: [{ database: 'closed', fix: 'ALTER DATABASE closed ALLOW_CONNECTIONS true' }],
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
      { job: 2, problem: 'off' },
      { job: 3, problem: 'its role is not there' },
      { job: 4, problem: 'runs on the old host' },
    ],
  },
]
