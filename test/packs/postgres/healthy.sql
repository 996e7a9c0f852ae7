-- One of everything the pack looks at, and nothing wrong with it.
grant create on schema public to migrator;
create extension citext;
create extension postgres_fdw;
create server archive foreign data wrapper postgres_fdw options (host 'new.example.net');
create function guard() returns event_trigger language plpgsql as 'begin end';
create event trigger guard on ddl_command_start execute function guard();
alter role app_user set search_path = app, public;
create schema app;
grant usage on schema app to app_user, report, migrator;
grant create on schema app to migrator;
set role migrator;
create table app.customers (
  id bigint generated always as identity primary key,
  email text not null unique,
  kind text not null default 'person' check (kind in ('person', 'firm'))
);
create table app.orders (
  id bigserial primary key,
  customer_id bigint not null references app.customers,
  total numeric not null,
  note text,
  constraint total_positive check (total >= 0)
);
create index on app.orders (customer_id);
create view app.open_orders as select id, customer_id from app.orders where total > 0;
create function app.touch() returns trigger language plpgsql as 'begin return new; end';
create trigger touched before update on app.orders for each row execute function app.touch();
create rule keep as on delete to app.customers where old.kind = 'firm' do instead nothing;
create domain app.percent as int constraint in_range check (value between 0 and 100);
create table app.notes (id bigint primary key, owner text);
alter table app.notes enable row level security;
create policy own on app.notes using (owner = current_user);
create collation app.german (provider = icu, locale = 'de');
create table app.words (id bigint primary key, word text collate app.german);
create index on app.words (word);
grant select, insert, update, delete on all tables in schema app to app_user;
grant usage on all sequences in schema app to app_user;
grant select on all tables in schema app to report;
insert into app.customers (email) select 'c' || i || '@example.net' from generate_series(1, 200) i;
insert into app.orders (customer_id, total) select 1 + i % 200, i from generate_series(1, 20000) i;
reset role;
create publication changes for table app.orders;
analyze;
