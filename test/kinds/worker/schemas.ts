/** Tables of job libraries that npm does not have, as their own migrations create them. Indexes are left out. */

/** lib/generators/solid_queue/install/templates/db/queue_schema.rb of rails/solid_queue 1.x. */
const SOLID_QUEUE = `
create table solid_queue_jobs (id bigserial primary key, queue_name varchar not null, class_name varchar not null, arguments text,
  priority int not null default 0, active_job_id varchar, scheduled_at timestamp(6), finished_at timestamp(6), concurrency_key varchar,
  created_at timestamp(6) not null, updated_at timestamp(6) not null);
create table solid_queue_ready_executions (id bigserial primary key, job_id bigint not null, queue_name varchar not null,
  priority int not null default 0, created_at timestamp(6) not null);
create table solid_queue_scheduled_executions (id bigserial primary key, job_id bigint not null, queue_name varchar not null,
  priority int not null default 0, scheduled_at timestamp(6) not null, created_at timestamp(6) not null);
create table solid_queue_claimed_executions (id bigserial primary key, job_id bigint not null, process_id bigint, created_at timestamp(6) not null);
create table solid_queue_failed_executions (id bigserial primary key, job_id bigint not null, error text, created_at timestamp(6) not null);
create table solid_queue_pauses (queue_name varchar not null, created_at timestamp(6) not null);
create table solid_queue_processes (id bigserial primary key, kind varchar not null, last_heartbeat_at timestamp(6) not null,
  supervisor_id bigint, pid int not null, hostname varchar, metadata text, created_at timestamp(6) not null, name varchar not null);
`

/** lib/generators/good_job/templates/install/migrations/create_good_jobs.rb.erb of bensheldon/good_job 3. */
const GOOD_JOB = `
create table good_jobs (id uuid primary key default gen_random_uuid(), queue_name text, priority int, serialized_params jsonb,
  scheduled_at timestamp(6), performed_at timestamp(6), finished_at timestamp(6), error text, created_at timestamp(6) not null,
  updated_at timestamp(6) not null, active_job_id uuid, concurrency_key text, cron_key text, retried_good_job_id uuid, cron_at timestamp(6),
  batch_id uuid, batch_callback_id uuid, is_discrete boolean, executions_count int, job_class text, error_event smallint);
create table good_job_processes (id uuid primary key default gen_random_uuid(), created_at timestamp(6) not null,
  updated_at timestamp(6) not null, state jsonb);
create table good_job_settings (id uuid primary key default gen_random_uuid(), created_at timestamp(6) not null,
  updated_at timestamp(6) not null, key text, value jsonb);
`

/** Oban's migration V12, as pg_dump shows it. */
const OBAN = `
create type oban_job_state as enum ('available', 'scheduled', 'executing', 'retryable', 'completed', 'discarded', 'cancelled');
create table oban_jobs (id bigserial primary key, state oban_job_state not null default 'available', queue text not null default 'default',
  worker text not null, args jsonb not null default '{}', errors jsonb[] not null default array[]::jsonb[], attempt int not null default 0,
  max_attempts int not null default 20, inserted_at timestamp not null default timezone('UTC', now()),
  scheduled_at timestamp not null default timezone('UTC', now()), attempted_at timestamp, completed_at timestamp, attempted_by text[],
  discarded_at timestamp, priority int not null default 0, tags varchar(255)[] default array[]::varchar[], meta jsonb default '{}',
  cancelled_at timestamp);
`

/** riverdriver/riverpgxv5/migration/main/002 and 004 of riverqueue/river. */
const RIVER = `
create type river_job_state as enum ('available', 'cancelled', 'completed', 'discarded', 'pending', 'retryable', 'running', 'scheduled');
create table river_job (id bigserial primary key, state river_job_state not null default 'available', attempt smallint not null default 0,
  max_attempts smallint not null, attempted_at timestamptz, created_at timestamptz not null default now(), finalized_at timestamptz,
  scheduled_at timestamptz not null default now(), priority smallint not null default 1, args jsonb not null default '{}',
  attempted_by text[], errors jsonb[], kind text not null, metadata jsonb not null default '{}', queue text not null default 'default',
  tags varchar(255)[] not null default '{}');
create table river_queue (name text primary key, created_at timestamptz not null default now(), metadata jsonb not null default '{}',
  paused_at timestamptz, updated_at timestamptz not null);
`

/** What the generator of delayed_job_active_record 4.1 writes. */
const DELAYED_JOB = `
create table delayed_jobs (id bigserial primary key, priority int not null default 0, attempts int not null default 0, handler text not null,
  last_error text, run_at timestamp(6), locked_at timestamp(6), failed_at timestamp(6), locked_by varchar, queue varchar,
  created_at timestamp(6), updated_at timestamp(6));
`

export const SCHEMAS = {
  solid_queue: SOLID_QUEUE,
  good_job: GOOD_JOB,
  oban: OBAN,
  river: RIVER,
  delayed_job: DELAYED_JOB,
} as const
