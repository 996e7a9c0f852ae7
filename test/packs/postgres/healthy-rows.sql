-- Rows for healthy.sql, and beside them what must not be taken for a fault. May be run again where all tables are empty.
set role migrator;
insert into app.tickets (number, free) select i, i from generate_series(1, 100) i;
select setval('app.ticket_numbers', 100);
insert into app.tickets (number, odd) values (2147483647, 100002);
insert into app.visits default values;
insert into app.documents (title, body, content, relid, price)
  select 'title ' || i, repeat('x', i), lo_from_bytea(0, 'content'), 4000000000 + i, i from generate_series(1, 20) i;
insert into app.pages values (1, 1);
insert into app.remarks (document, page) values (1, 1), (null, null);
insert into app.events select date '2026-01-01' + i, 'x' from generate_series(0, 99) i;
insert into app.parts select generate_series(1, 100);
insert into app.customers (email) select 'c' || i || '@example.net' from generate_series(1, 200) i;
insert into app.orders (customer_id, total) select 1 + i % 200, i from generate_series(1, 20000) i;
reset role;
analyze;
