-- Schema 3: lists of the slowest traces are read from an index; resources and scopes go with their last span.

CREATE INDEX summaries_by_duration ON summaries ((end_ns - start_ns) DESC, id DESC);

ALTER TABLE resources ADD COLUMN span_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE scopes ADD COLUMN span_count INTEGER NOT NULL DEFAULT 0;
UPDATE resources SET span_count = c.span_count
FROM (SELECT resource, count(*) AS span_count FROM spans GROUP BY resource) c WHERE resources.id = c.resource;
UPDATE scopes SET span_count = c.span_count
FROM (SELECT scope, count(*) AS span_count FROM spans GROUP BY scope) c WHERE scopes.id = c.scope;
DELETE FROM resources WHERE span_count = 0;
DELETE FROM scopes WHERE span_count = 0;
DELETE FROM resource_terms WHERE resource NOT IN (SELECT id FROM resources);
