-- A job is named after what editors call it: files are ingested, and a raw clip has a
-- preview.
INSERT INTO job_kinds (kind) VALUES ('ingest'), ('preview');
UPDATE jobs SET kind = 'ingest' WHERE kind = 'probe';
UPDATE jobs
   SET kind = 'preview',
       exclusive_key = iif(exclusive_key LIKE 'refresh:%', 'preview:' || substr(exclusive_key, 9), exclusive_key)
 WHERE kind = 'refresh';
DELETE FROM job_kinds WHERE kind IN ('probe', 'refresh');
