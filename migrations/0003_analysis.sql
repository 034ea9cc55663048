-- Clips that a first look proposed, before the footage was looked at closely.
ALTER TABLE clips ADD COLUMN provisional INTEGER NOT NULL DEFAULT 0 CHECK (provisional IN (0, 1));

-- Two more parts of a score.
UPDATE clips SET score_parts = json_set(score_parts, '$.speech_bp', 0, '$.pace_bp', 0)
 WHERE score_parts IS NOT NULL;

-- Jobs that analyse one source. What a table checks cannot be altered, so it is
-- made anew; nothing refers to it.
CREATE TABLE jobs_anew (
    profile_id    BLOB NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    id            BLOB NOT NULL CHECK (length(id) = 16),
    project_id    BLOB,
    clip_id       BLOB,
    kind          TEXT NOT NULL
                  CHECK (kind IN ('analyse', 'generate', 'generate_from_segments', 'refresh', 'render', 'sample')),
    title         TEXT NOT NULL,
    payload       TEXT NOT NULL CHECK (json_valid(payload)),
    -- Two jobs with the same key are never under way at once.
    exclusive_key TEXT,
    state         TEXT NOT NULL DEFAULT 'queued'
                  CHECK (state IN ('queued', 'running', 'interrupted', 'done', 'failed', 'cancelled')),
    stage         TEXT,
    progress_bp   INTEGER NOT NULL DEFAULT 0 CHECK (progress_bp BETWEEN 0 AND 10000),
    attempts      INTEGER NOT NULL DEFAULT 0,
    error_code    TEXT,
    error_message TEXT,
    error_detail  TEXT,
    note          TEXT,
    -- The process that queued it or works on it; a second one leaves it alone.
    worker        TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    started_at    INTEGER,
    ended_at      INTEGER,
    PRIMARY KEY (profile_id, id),
    FOREIGN KEY (profile_id, project_id) REFERENCES projects (profile_id, id) ON DELETE CASCADE,
    FOREIGN KEY (profile_id, clip_id) REFERENCES clips (profile_id, id) ON DELETE CASCADE
) STRICT;
INSERT INTO jobs_anew SELECT profile_id, id, project_id, clip_id, kind, title, payload, exclusive_key, state, stage,
       progress_bp, attempts, error_code, error_message, error_detail, note, worker, created_at, started_at, ended_at
  FROM jobs;
DROP TABLE jobs;
ALTER TABLE jobs_anew RENAME TO jobs;
CREATE UNIQUE INDEX jobs_exclusive ON jobs (profile_id, exclusive_key)
    WHERE exclusive_key IS NOT NULL AND state IN ('queued', 'running');
CREATE INDEX jobs_of_project ON jobs (profile_id, project_id);
CREATE INDEX jobs_of_clip ON jobs (profile_id, clip_id) WHERE clip_id IS NOT NULL;
CREATE INDEX jobs_under_way ON jobs (state) WHERE state IN ('queued', 'running', 'interrupted');
CREATE TRIGGER jobs_keep_terminal_states
BEFORE UPDATE OF state ON jobs
WHEN OLD.state IN ('done', 'failed', 'cancelled') AND NEW.state <> OLD.state
BEGIN
    SELECT RAISE(ABORT, 'a job that is over keeps its state');
END;
