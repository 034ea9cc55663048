-- Answers of commands and events reach the page on two ways and may overtake each
-- other, so each job counts its changes. What a running job reports of itself (stage,
-- progress, what came so far) is ordered by the process that runs it, not here.
ALTER TABLE jobs ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
CREATE TRIGGER jobs_count_their_changes
AFTER UPDATE OF state, pause_reason, position, worker, attempts, note, started_at, ended_at ON jobs
BEGIN
    UPDATE jobs SET revision = OLD.revision + 1 WHERE profile_id = NEW.profile_id AND id = NEW.id;
END;

-- A full disk holds the jobs that write to it, no whole queue any more.
DELETE FROM held_queues WHERE reason = 'disk_full';
