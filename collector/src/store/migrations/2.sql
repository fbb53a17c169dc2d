-- Schema 2: statistics of operations, columns and views for people who ask with SQL. The views are part of what users
-- may rely on: `traces`, `trace_summaries`, `trace_waterfall`, `trace_spans_health`.

-- `traces` becomes a view of spans; the table holds one row a trace.
ALTER TABLE traces RENAME TO summaries;
DROP INDEX traces_by_start;
DROP INDEX traces_with_errors;
CREATE INDEX summaries_by_start ON summaries (start_ns DESC, id DESC);
CREATE INDEX summaries_with_errors ON summaries (start_ns DESC, id DESC) WHERE error_count > 0;

-- What the record holds too, in a form that SQL can read. NULL stands for an empty text, object or list.
ALTER TABLE spans ADD COLUMN status INTEGER NOT NULL DEFAULT 0; -- OTLP's status code
ALTER TABLE spans ADD COLUMN message TEXT; -- of the status
ALTER TABLE spans ADD COLUMN attributes TEXT; -- JSON object
ALTER TABLE spans ADD COLUMN events TEXT; -- JSON list
ALTER TABLE spans ADD COLUMN links TEXT; -- JSON list

-- Over the spans that are stored; a span that was written before it ended has no duration yet.
ALTER TABLE operations ADD COLUMN span_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE operations ADD COLUMN error_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE operations ADD COLUMN timed_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE operations ADD COLUMN duration_us INTEGER NOT NULL DEFAULT 0; -- of all timed spans together

UPDATE operations SET span_count = c.span_count, error_count = c.error_count, timed_count = c.timed_count, duration_us = c.duration_us
FROM (
  SELECT r.service, s.name, s.kind, count(*) AS span_count, sum(s.error) AS error_count, sum(NOT s.incomplete) AS timed_count,
    sum(CASE WHEN s.incomplete OR s.end_ns < s.start_ns THEN 0 ELSE (s.end_ns - s.start_ns) / 1000 END) AS duration_us
  FROM spans s JOIN resources r ON r.id = s.resource GROUP BY r.service, s.name, s.kind
) c
WHERE operations.service = c.service AND operations.name = c.name AND operations.kind = c.kind;

CREATE VIEW traces AS -- one row a span
SELECT
  lower(hex(t.trace_id)) AS trace_id,
  lower(hex(s.span_id)) AS span_id,
  nullif(lower(hex(s.parent_id)), '') AS parent_span_id,
  r.service AS service_name,
  s.name AS name,
  CASE s.kind WHEN 2 THEN 'server' WHEN 3 THEN 'client' WHEN 4 THEN 'producer' WHEN 5 THEN 'consumer' ELSE 'internal' END AS kind,
  strftime('%Y-%m-%dT%H:%M:%S', s.start_ns / 1000000000, 'unixepoch') || printf('.%06dZ', s.start_ns / 1000 % 1000000) AS start_time,
  strftime('%Y-%m-%dT%H:%M:%S', s.end_ns / 1000000000, 'unixepoch') || printf('.%06dZ', s.end_ns / 1000 % 1000000) AS end_time,
  max(s.end_ns - s.start_ns, 0) / 1e6 AS duration_ms,
  CASE s.status WHEN 1 THEN 'ok' WHEN 2 THEN 'error' ELSE 'unset' END AS status,
  s.message AS status_message,
  coalesce(s.attributes, '{}') AS attributes,
  coalesce(s.events, '[]') AS events,
  coalesce(s.links, '[]') AS links,
  s.start_ns AS start_unix_nano,
  s.end_ns AS end_unix_nano
FROM spans s JOIN summaries t ON t.id = s.trace JOIN resources r ON r.id = s.resource;

CREATE VIEW trace_summaries AS -- one row a trace
SELECT
  lower(hex(t.trace_id)) AS trace_id,
  t.root_name AS root_name,
  t.root_service AS root_service,
  strftime('%Y-%m-%dT%H:%M:%S', t.start_ns / 1000000000, 'unixepoch') || printf('.%06dZ', t.start_ns / 1000 % 1000000) AS start_time,
  (t.end_ns - t.start_ns) / 1e6 AS duration_ms,
  t.span_count AS span_count,
  t.error_count AS error_count,
  (SELECT count(*) FROM trace_services v WHERE v.trace = t.id) AS service_count,
  (SELECT json_group_array(v.service) FROM trace_services v WHERE v.trace = t.id) AS services,
  CASE WHEN t.error_count > 0 THEN 'error' ELSE 'ok' END AS status,
  t.start_ns AS start_unix_nano,
  t.end_ns AS end_unix_nano
FROM summaries t;

-- One row a span, in the order of the tree. `path` is the way from the top, a fixed number of characters a level; what is
-- more than 100 levels deep is shown at depth 100.
CREATE VIEW trace_waterfall AS
SELECT
  w.trace_id, w.span_id, w.parent_span_id,
  length(w.path) / 35 - 1 AS depth,
  printf('%*s%s', 2 * (length(w.path) / 35 - 1), '', w.name) AS tree,
  w.service_name, w.name, w.kind, w.offset_ms, w.duration_ms, w.status, w.path
FROM (
  SELECT
    t.start_ns AS trace_start,
    lower(hex(t.trace_id)) AS trace_id,
    lower(hex(s.span_id)) AS span_id,
    nullif(lower(hex(s.parent_id)), '') AS parent_span_id,
    r.service AS service_name,
    s.name AS name,
    CASE s.kind WHEN 2 THEN 'server' WHEN 3 THEN 'client' WHEN 4 THEN 'producer' WHEN 5 THEN 'consumer' ELSE 'internal' END AS kind,
    (s.start_ns - t.start_ns) / 1e6 AS offset_ms,
    max(s.end_ns - s.start_ns, 0) / 1e6 AS duration_ms,
    CASE s.status WHEN 1 THEN 'ok' WHEN 2 THEN 'error' ELSE 'unset' END AS status,
    (
      WITH RECURSIVE up (parent, depth, path) AS (
        SELECT s.parent_id, 0, printf('%019d', s.start_ns) || lower(hex(s.span_id))
        UNION ALL
        SELECT p.parent_id, up.depth + 1, printf('%019d', p.start_ns) || lower(hex(p.span_id)) || up.path
        FROM up JOIN spans p ON p.trace = s.trace AND p.span_id = up.parent WHERE up.depth < 100
      )
      SELECT path FROM up ORDER BY depth DESC LIMIT 1
    ) AS path
  FROM spans s JOIN summaries t ON t.id = s.trace JOIN resources r ON r.id = s.resource
) w ORDER BY w.trace_start, w.trace_id, w.path;

CREATE VIEW trace_spans_health AS -- one row a service
SELECT
  r.service AS service_name,
  count(*) AS span_count,
  count(DISTINCT s.trace) AS trace_count,
  sum(s.error) AS error_count,
  round(100.0 * sum(s.error) / count(*), 2) AS error_percent,
  sum(s.incomplete) AS incomplete_count,
  sum(s.parent_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM spans p WHERE p.trace = s.trace AND p.span_id = s.parent_id)) AS orphan_count,
  avg(max(s.end_ns - s.start_ns, 0)) / 1e6 AS mean_duration_ms,
  max(max(s.end_ns - s.start_ns, 0)) / 1e6 AS max_duration_ms,
  strftime('%Y-%m-%dT%H:%M:%SZ', max(s.start_ns) / 1000000000, 'unixepoch') AS last_start_time
FROM spans s JOIN resources r ON r.id = s.resource GROUP BY r.service;
