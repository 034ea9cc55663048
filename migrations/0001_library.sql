-- The library: every owned table is keyed by (profile_id, id), and every child
-- carries profile_id in its foreign keys, so that a row of one profile can
-- never hang on a row of another.

CREATE TABLE profiles (
    id         BLOB PRIMARY KEY CHECK (length(id) = 16),
    name       TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    name_folded TEXT NOT NULL UNIQUE,
    colour     TEXT NOT NULL CHECK (length(colour) = 7 AND substr(colour, 1, 1) = '#'),
    is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
    settings   TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(settings)),
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX profiles_one_default ON profiles (is_default) WHERE is_default = 1;

CREATE TABLE projects (
    profile_id         BLOB NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    id                 BLOB NOT NULL CHECK (length(id) = 16),
    name               TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    description        TEXT NOT NULL CHECK (length(description) <= 2000),
    context            TEXT NOT NULL CHECK (length(context) <= 2000),
    search_text        TEXT NOT NULL,
    target_duration_us INTEGER NOT NULL CHECK (target_duration_us BETWEEN 1000000 AND 600000000),
    status             TEXT NOT NULL CHECK (status IN ('active', 'done', 'archived')),
    next_variant       INTEGER NOT NULL DEFAULT 1,
    created_at         INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL,
    deleted_at         INTEGER,
    PRIMARY KEY (profile_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX projects_recent ON projects (profile_id, updated_at);

CREATE TABLE sources (
    profile_id  BLOB NOT NULL,
    id          BLOB NOT NULL CHECK (length(id) = 16),
    project_id  BLOB NOT NULL,
    name        TEXT NOT NULL,
    -- The path as the system's own bytes: a file name need not be UTF-8.
    path        BLOB NOT NULL,
    facts       TEXT NOT NULL CHECK (json_valid(facts)),
    duration_us INTEGER NOT NULL CHECK (duration_us > 0),
    fingerprint TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('ready', 'missing')),
    copied      INTEGER NOT NULL CHECK (copied IN (0, 1)),
    added_at    INTEGER NOT NULL,
    removed_at  INTEGER,
    PRIMARY KEY (profile_id, id),
    FOREIGN KEY (profile_id, project_id) REFERENCES projects (profile_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX sources_of_project ON sources (profile_id, project_id, removed_at, duration_us);
CREATE UNIQUE INDEX sources_once ON sources (profile_id, project_id, path) WHERE removed_at IS NULL;

CREATE TABLE segments (
    profile_id BLOB NOT NULL,
    id         BLOB NOT NULL CHECK (length(id) = 16),
    project_id BLOB NOT NULL,
    source_id  BLOB NOT NULL,
    name       TEXT NOT NULL CHECK (length(name) <= 200),
    in_us      INTEGER NOT NULL CHECK (in_us >= 0),
    out_us     INTEGER NOT NULL CHECK (out_us > in_us),
    keywords   TEXT NOT NULL CHECK (json_valid(keywords)),
    weight     INTEGER NOT NULL CHECK (weight BETWEEN 1 AND 100),
    position   INTEGER NOT NULL,
    PRIMARY KEY (profile_id, id),
    FOREIGN KEY (profile_id, project_id) REFERENCES projects (profile_id, id) ON DELETE CASCADE,
    FOREIGN KEY (profile_id, source_id) REFERENCES sources (profile_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX segments_of_project ON segments (profile_id, project_id, position);
CREATE INDEX segments_of_source ON segments (profile_id, source_id);

CREATE TABLE clips (
    profile_id     BLOB NOT NULL,
    id             BLOB NOT NULL CHECK (length(id) = 16),
    project_id     BLOB NOT NULL,
    name           TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    search_text    TEXT NOT NULL,
    variant_number INTEGER NOT NULL CHECK (variant_number > 0),
    origin         TEXT NOT NULL CHECK (origin IN ('highlight', 'montage', 'segments')),
    duration_us    INTEGER NOT NULL CHECK (duration_us > 0),
    flag           TEXT NOT NULL DEFAULT 'unflagged' CHECK (flag IN ('unflagged', 'picked', 'rejected')),
    rating         INTEGER NOT NULL DEFAULT 0 CHECK (rating BETWEEN 0 AND 5),
    tags           TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags)),
    muted          INTEGER NOT NULL DEFAULT 0 CHECK (muted IN (0, 1)),
    framing        TEXT NOT NULL CHECK (json_valid(framing)),
    score_bp       INTEGER NOT NULL CHECK (score_bp BETWEEN 0 AND 10000),
    score_parts    TEXT CHECK (score_parts IS NULL OR json_valid(score_parts)),
    raw_state      TEXT NOT NULL DEFAULT 'pending' CHECK (raw_state IN ('pending', 'ready', 'failed')),
    final_status   TEXT NOT NULL DEFAULT 'none'
                   CHECK (final_status IN ('none', 'rendering', 'done', 'stale', 'failed')),
    -- Counts every change of what is seen or heard.
    revision       INTEGER NOT NULL DEFAULT 1,
    -- Counts the changes that need a new file for viewing: edit list and sound.
    cut_revision   INTEGER NOT NULL DEFAULT 1,
    -- The cut_revision that the file for viewing was made from.
    raw_revision   INTEGER NOT NULL DEFAULT 0,
    -- The job that made it. Jobs may go, so this is no foreign key.
    job_id         BLOB NOT NULL,
    script         TEXT NOT NULL DEFAULT '' CHECK (length(script) <= 20000),
    captions       TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(captions)),
    caption_style  TEXT NOT NULL CHECK (json_valid(caption_style)),
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    deleted_at     INTEGER,
    PRIMARY KEY (profile_id, id),
    UNIQUE (profile_id, project_id, variant_number),
    FOREIGN KEY (profile_id, project_id) REFERENCES projects (profile_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX clips_of_project ON clips (profile_id, project_id, deleted_at, flag);
CREATE INDEX clips_of_job ON clips (profile_id, job_id);
CREATE INDEX clips_by_age ON clips (profile_id, deleted_at, id);
CREATE INDEX clips_by_score ON clips (profile_id, deleted_at, score_bp, id);

-- The edit list. A clip and its sources belong to one profile by construction.
CREATE TABLE clip_cuts (
    profile_id BLOB NOT NULL,
    clip_id    BLOB NOT NULL,
    position   INTEGER NOT NULL,
    source_id  BLOB NOT NULL,
    in_us      INTEGER NOT NULL CHECK (in_us >= 0),
    out_us     INTEGER NOT NULL CHECK (out_us > in_us),
    PRIMARY KEY (profile_id, clip_id, position),
    FOREIGN KEY (profile_id, clip_id) REFERENCES clips (profile_id, id) ON DELETE CASCADE,
    -- No cascade: footage that a clip uses keeps its row.
    FOREIGN KEY (profile_id, source_id) REFERENCES sources (profile_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX clip_cuts_of_source ON clip_cuts (profile_id, source_id);

CREATE TABLE jobs (
    profile_id    BLOB NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    id            BLOB NOT NULL CHECK (length(id) = 16),
    project_id    BLOB,
    clip_id       BLOB,
    kind          TEXT NOT NULL
                  CHECK (kind IN ('generate', 'generate_from_segments', 'refresh', 'render', 'sample')),
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

CREATE TABLE export_presets (
    key      TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    platform TEXT NOT NULL,
    notes    TEXT NOT NULL,
    spec     TEXT NOT NULL CHECK (json_valid(spec)),
    position INTEGER NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;

CREATE TABLE exports (
    profile_id    BLOB NOT NULL,
    id            BLOB NOT NULL CHECK (length(id) = 16),
    clip_id       BLOB NOT NULL,
    project_id    BLOB NOT NULL,
    job_id        BLOB NOT NULL,
    preset        TEXT NOT NULL REFERENCES export_presets (key),
    clip_name     TEXT NOT NULL,
    path          BLOB NOT NULL,
    size_bytes    INTEGER NOT NULL CHECK (size_bytes > 0),
    duration_us   INTEGER NOT NULL CHECK (duration_us > 0),
    width         INTEGER NOT NULL,
    height        INTEGER NOT NULL,
    clip_revision INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    PRIMARY KEY (profile_id, id),
    FOREIGN KEY (profile_id, clip_id) REFERENCES clips (profile_id, id) ON DELETE CASCADE,
    FOREIGN KEY (profile_id, project_id) REFERENCES projects (profile_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX exports_of_clip ON exports (profile_id, clip_id);
CREATE INDEX exports_of_project ON exports (profile_id, project_id);

-- What was measured, shared by the projects of one profile only.
CREATE TABLE analyses (
    profile_id  BLOB NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL,
    version     INTEGER NOT NULL,
    data        TEXT NOT NULL CHECK (json_valid(data)),
    made_at     INTEGER NOT NULL,
    PRIMARY KEY (profile_id, fingerprint)
) STRICT;
