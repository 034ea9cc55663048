INSERT INTO job_kinds (kind) VALUES ('verify');
