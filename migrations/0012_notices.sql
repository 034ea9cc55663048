-- What the editor is told of a job is a code with its parameters, worded where it is
-- shown. Of older jobs only the finished sentence is known. Triggers that name a column
-- stand in the way of dropping it, so they are made anew.
DROP TRIGGER job_events_are_kept_as_they_are;
DROP TRIGGER jobs_count_their_changes;
DROP TRIGGER jobs_log_their_states;

ALTER TABLE jobs ADD COLUMN error TEXT CHECK (error IS NULL OR json_valid(error));
ALTER TABLE jobs ADD COLUMN notes TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(notes));
ALTER TABLE job_events ADD COLUMN notices TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(notices));

UPDATE jobs SET error = json_object('code', 'written', 'text', coalesce(error_message, error_code))
 WHERE coalesce(error_message, error_code) IS NOT NULL;
UPDATE jobs SET notes = json_array(json_object('code', 'written', 'text', note)) WHERE note IS NOT NULL;
UPDATE jobs SET result = json_set(result, '$.refused', json((
    SELECT json_group_array(json_object(
               'source_id', file.value ->> '$.source_id', 'name', file.value ->> '$.name',
               'notice', json_object('code', 'written', 'text', file.value ->> '$.message')))
      FROM json_each(jobs.result, '$.refused') AS file)))
 WHERE result ->> '$.type' = 'sources';
UPDATE job_events SET words = NULL, notices = json_array(json_object('code', 'written', 'text', words))
 WHERE event IN ('done', 'remark') AND words IS NOT NULL;
UPDATE job_events SET words = NULL, notices = coalesce((
    SELECT json_array(json(error)) FROM jobs
     WHERE profile_id = job_events.profile_id AND id = job_events.job_id AND error IS NOT NULL), '[]')
 WHERE event = 'failed';

ALTER TABLE jobs DROP COLUMN error_code;
ALTER TABLE jobs DROP COLUMN error_message;
ALTER TABLE jobs DROP COLUMN note;

CREATE TRIGGER job_events_are_kept_as_they_are
BEFORE UPDATE ON job_events
BEGIN
    SELECT RAISE(ABORT, 'the log of a job is only added to');
END;
CREATE TRIGGER jobs_count_their_changes
AFTER UPDATE OF state, pause_reason, position, worker, attempts, notes, started_at, ended_at ON jobs
BEGIN
    UPDATE jobs SET revision = OLD.revision + 1 WHERE profile_id = NEW.profile_id AND id = NEW.id;
END;
CREATE TRIGGER jobs_log_their_states
AFTER UPDATE OF state ON jobs
WHEN NEW.state <> OLD.state
BEGIN
    INSERT INTO job_events (profile_id, job_id, number, at, event, words, notices)
    SELECT NEW.profile_id, NEW.id, coalesce(max(number), 0) + 1, CAST(unixepoch('subsec') * 1000 AS INTEGER),
           CASE OLD.state || ' ' || NEW.state
               WHEN 'queued running' THEN 'started'
               WHEN 'running queued' THEN 'retried'
               WHEN 'interrupted queued' THEN 'requeued'
               WHEN 'paused queued' THEN 'resumed'
               ELSE NEW.state END,
           CASE NEW.state WHEN 'paused' THEN NEW.pause_reason END,
           CASE NEW.state
               WHEN 'failed' THEN iif(NEW.error IS NULL, '[]', json_array(json(NEW.error)))
               WHEN 'done' THEN NEW.notes
               ELSE '[]' END
      FROM job_events WHERE profile_id = NEW.profile_id AND job_id = NEW.id;
END;
