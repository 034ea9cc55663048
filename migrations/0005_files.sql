-- Files come and go durably. Adding and deleting them become jobs: what a job
-- does is a row, so that a new kind is one INSERT from here on. What a table
-- checks cannot be altered, so the table is made anew, and its log with it: a log
-- goes with its job, so the new one refers to the new table before the old ones
-- are dropped, the old log first. A table that is dropped fires no triggers.
CREATE TABLE job_kinds (
    kind TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
INSERT INTO job_kinds (kind)
VALUES ('analyse'), ('delete_files'), ('generate'), ('generate_from_segments'), ('probe'), ('proxy'), ('refresh'),
       ('render'), ('sample');

CREATE TABLE jobs_anew (
    profile_id      BLOB NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    id              BLOB NOT NULL CHECK (length(id) = 16),
    project_id      BLOB,
    clip_id         BLOB,
    -- Jobs that were asked for in one call.
    batch_id        BLOB CHECK (batch_id IS NULL OR length(batch_id) = 16),
    kind            TEXT NOT NULL REFERENCES job_kinds (kind),
    title           TEXT NOT NULL,
    payload         TEXT NOT NULL CHECK (json_valid(payload)),
    payload_version INTEGER NOT NULL,
    -- Two jobs with the same key are never under way at once.
    exclusive_key   TEXT,
    state           TEXT NOT NULL DEFAULT 'queued'
                    CHECK (state IN ('queued', 'running', 'paused', 'interrupted', 'done', 'failed', 'cancelled')),
    pause_reason    TEXT CHECK (pause_reason IN ('editor', 'queue', 'disk_full', 'folder_missing', 'quit')),
    -- Its place among the jobs of its profile that wait; the lowest comes first.
    position        INTEGER NOT NULL,
    stage           TEXT,
    progress_bp     INTEGER NOT NULL DEFAULT 0 CHECK (progress_bp BETWEEN 0 AND 10000),
    attempts        INTEGER NOT NULL DEFAULT 0,
    error_code      TEXT,
    error_message   TEXT,
    error_detail    TEXT,
    note            TEXT,
    result          TEXT CHECK (result IS NULL OR json_valid(result)),
    -- The process that queued it or works on it; a second one leaves it alone.
    worker          TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    started_at      INTEGER,
    ended_at        INTEGER,
    PRIMARY KEY (profile_id, id),
    CHECK ((state = 'paused') = (pause_reason IS NOT NULL)),
    FOREIGN KEY (profile_id, project_id) REFERENCES projects (profile_id, id) ON DELETE CASCADE,
    FOREIGN KEY (profile_id, clip_id) REFERENCES clips (profile_id, id) ON DELETE CASCADE
) STRICT;
INSERT INTO jobs_anew
SELECT profile_id, id, project_id, clip_id, batch_id, kind, title, payload, payload_version, exclusive_key, state,
       pause_reason, position, stage, progress_bp, attempts, error_code, error_message, error_detail, note, result,
       worker, created_at, started_at, ended_at
  FROM jobs;
CREATE TABLE job_events_anew (
    profile_id BLOB NOT NULL,
    job_id     BLOB NOT NULL,
    number     INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    event      TEXT NOT NULL
               CHECK (event IN ('queued', 'started', 'stage', 'paused', 'resumed', 'interrupted', 'requeued',
                                'retried', 'remark', 'done', 'failed', 'cancelled')),
    words      TEXT,
    PRIMARY KEY (profile_id, job_id, number),
    FOREIGN KEY (profile_id, job_id) REFERENCES jobs_anew (profile_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
INSERT INTO job_events_anew
SELECT profile_id, job_id, number, at, event, words FROM job_events;
DROP TABLE job_events;
DROP TABLE jobs;
-- What refers to a table that is renamed follows it.
ALTER TABLE jobs_anew RENAME TO jobs;
ALTER TABLE job_events_anew RENAME TO job_events;

CREATE UNIQUE INDEX jobs_exclusive ON jobs (profile_id, exclusive_key)
    WHERE exclusive_key IS NOT NULL AND state IN ('queued', 'running', 'paused');
CREATE INDEX jobs_of_project ON jobs (profile_id, project_id, state, position);
CREATE INDEX jobs_of_clip ON jobs (profile_id, clip_id) WHERE clip_id IS NOT NULL;
CREATE INDEX jobs_of_batch ON jobs (profile_id, batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX jobs_in_order ON jobs (profile_id, state, position);
CREATE INDEX jobs_under_way ON jobs (state) WHERE state IN ('queued', 'running', 'paused', 'interrupted');

CREATE TRIGGER job_events_are_kept_as_they_are
BEFORE UPDATE ON job_events
BEGIN
    SELECT RAISE(ABORT, 'the log of a job is only added to');
END;
CREATE TRIGGER job_events_go_with_their_job
BEFORE DELETE ON job_events
WHEN EXISTS (SELECT 1 FROM jobs WHERE profile_id = OLD.profile_id AND id = OLD.job_id)
BEGIN
    SELECT RAISE(ABORT, 'the log of a job is only added to');
END;

CREATE TRIGGER jobs_begin_in_the_queue
BEFORE INSERT ON jobs
WHEN NEW.state <> 'queued'
BEGIN
    SELECT RAISE(ABORT, 'a job begins in the queue');
END;
CREATE TRIGGER jobs_keep_terminal_states
BEFORE UPDATE OF state ON jobs
WHEN OLD.state IN ('done', 'failed', 'cancelled') AND NEW.state <> OLD.state
BEGIN
    SELECT RAISE(ABORT, 'a job that is over keeps its state');
END;
-- The same table as `JobState::may_become`.
CREATE TRIGGER jobs_change_by_the_rules
BEFORE UPDATE OF state ON jobs
WHEN NEW.state <> OLD.state AND OLD.state NOT IN ('done', 'failed', 'cancelled')
 AND OLD.state || ' ' || NEW.state NOT IN (
    'queued running', 'queued paused', 'queued failed', 'queued cancelled',
    'running queued', 'running paused', 'running interrupted',
    'running done', 'running failed', 'running cancelled',
    'paused queued', 'paused done', 'paused failed', 'paused cancelled',
    'interrupted queued', 'interrupted cancelled')
BEGIN
    SELECT RAISE(ABORT, 'a job cannot go from this state to that');
END;

CREATE TRIGGER jobs_log_that_they_were_queued
AFTER INSERT ON jobs
BEGIN
    INSERT INTO job_events (profile_id, job_id, number, at, event)
    VALUES (NEW.profile_id, NEW.id, 1, NEW.created_at, 'queued');
END;
CREATE TRIGGER jobs_log_their_states
AFTER UPDATE OF state ON jobs
WHEN NEW.state <> OLD.state
BEGIN
    INSERT INTO job_events (profile_id, job_id, number, at, event, words)
    SELECT NEW.profile_id, NEW.id, coalesce(max(number), 0) + 1, CAST(unixepoch('subsec') * 1000 AS INTEGER),
           CASE OLD.state || ' ' || NEW.state
               WHEN 'queued running' THEN 'started'
               WHEN 'running queued' THEN 'retried'
               WHEN 'interrupted queued' THEN 'requeued'
               WHEN 'paused queued' THEN 'resumed'
               ELSE NEW.state END,
           CASE NEW.state
               WHEN 'paused' THEN NEW.pause_reason
               WHEN 'failed' THEN NEW.error_code
               WHEN 'done' THEN NEW.note END
      FROM job_events WHERE profile_id = NEW.profile_id AND job_id = NEW.id;
END;
CREATE TRIGGER jobs_log_their_stages
AFTER UPDATE OF stage ON jobs
WHEN NEW.stage IS NOT NULL AND NEW.stage IS NOT OLD.stage
BEGIN
    INSERT INTO job_events (profile_id, job_id, number, at, event, words)
    SELECT NEW.profile_id, NEW.id, coalesce(max(number), 0) + 1, CAST(unixepoch('subsec') * 1000 AS INTEGER),
           'stage', NEW.stage
      FROM job_events WHERE profile_id = NEW.profile_id AND job_id = NEW.id;
END;

-- Profiles whose folders have yet to go, written in the transaction that ends them.
CREATE TABLE deleted_profiles (
    id         BLOB PRIMARY KEY CHECK (length(id) = 16),
    deleted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
