-- What the queue orders jobs by are columns of its own; a payload is read by the
-- task that wrote it alone. Classes are those of `JobClass`; `network` is for what
-- waits for other machines.
ALTER TABLE jobs ADD COLUMN class TEXT NOT NULL DEFAULT 'encode'
    CHECK (class IN ('decode', 'encode', 'light', 'brief', 'network'));
ALTER TABLE jobs ADD COLUMN source_id BLOB CHECK (source_id IS NULL OR length(source_id) = 16);
UPDATE jobs SET class = CASE
    WHEN kind IN ('delete_files', 'probe') THEN 'brief'
    WHEN payload ->> '$.light' THEN 'light'
    WHEN kind IN ('analyse', 'generate') THEN 'decode'
    ELSE 'encode' END;
UPDATE jobs SET source_id = unhex(replace(payload ->> '$.source_id', '-', ''))
 WHERE kind IN ('analyse', 'proxy');

-- A column that is added cannot be part of a key, so these keep a job and its
-- source in one profile.
CREATE TRIGGER jobs_own_their_source
BEFORE INSERT ON jobs
WHEN NEW.source_id IS NOT NULL
 AND NOT EXISTS (SELECT 1 FROM sources WHERE profile_id = NEW.profile_id AND id = NEW.source_id)
BEGIN
    SELECT RAISE(ABORT, 'a job works on a source of its own profile');
END;
CREATE TRIGGER jobs_keep_owning_their_source
BEFORE UPDATE OF profile_id, source_id ON jobs
WHEN NEW.source_id IS NOT NULL
 AND NOT EXISTS (SELECT 1 FROM sources WHERE profile_id = NEW.profile_id AND id = NEW.source_id)
BEGIN
    SELECT RAISE(ABORT, 'a job works on a source of its own profile');
END;
