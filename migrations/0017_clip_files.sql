-- A clip is played from its sources. Its file is made on demand, and those that were
-- made for viewing stay as its files.
ALTER TABLE clips DROP COLUMN preview_state;
ALTER TABLE clips RENAME COLUMN preview_revision TO file_revision;

-- Nobody needs the previews that were still to be made. Their jobs end as done, in steps
-- that the triggers allow. Keys are cleared first, because several interrupted jobs of a
-- clip share one.
UPDATE jobs SET state = 'queued', stage = NULL, exclusive_key = NULL
 WHERE kind = 'preview' AND state = 'interrupted';
UPDATE jobs SET state = 'running' WHERE kind = 'preview' AND state = 'queued';
UPDATE jobs
   SET state = 'done', pause_reason = NULL, stage = NULL, progress_bp = 10000,
       ended_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)
 WHERE kind = 'preview' AND state IN ('running', 'paused');

INSERT INTO job_kinds (kind) VALUES ('clip_file');
UPDATE jobs
   SET kind = 'clip_file',
       exclusive_key = iif(exclusive_key LIKE 'preview:%', 'clip_file:' || substr(exclusive_key, 9), exclusive_key)
 WHERE kind = 'preview';
DELETE FROM job_kinds WHERE kind = 'preview';

-- What was told of them names what ffmpeg was doing, which has another name now. In JSON
-- a quote within a text is escaped, so this only meets that parameter.
UPDATE jobs SET error = replace(error, '"activity":"making_preview"', '"activity":"making_clip_file"')
 WHERE instr(error, '"activity":"making_preview"');
UPDATE jobs SET notes = replace(notes, '"activity":"making_preview"', '"activity":"making_clip_file"')
 WHERE instr(notes, '"activity":"making_preview"');
DROP TRIGGER job_events_are_kept_as_they_are;
UPDATE job_events SET notices = replace(notices, '"activity":"making_preview"', '"activity":"making_clip_file"')
 WHERE instr(notices, '"activity":"making_preview"');
CREATE TRIGGER job_events_are_kept_as_they_are
BEFORE UPDATE ON job_events
BEGIN
    SELECT RAISE(ABORT, 'the log of a job is only added to');
END;
