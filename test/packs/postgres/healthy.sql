-- One of everything the pack looks at, and nothing wrong with it.
grant create on schema public to migrator;
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
grant select, insert, update, delete on all tables in schema app to app_user;
grant usage on all sequences in schema app to app_user;
grant select on all tables in schema app to report;
insert into app.customers (email) select 'c' || i || '@example.net' from generate_series(1, 200) i;
insert into app.orders (customer_id, total) select 1 + i % 200, i from generate_series(1, 20000) i;
reset role;
analyze;
