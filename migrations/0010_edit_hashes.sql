-- A final is up to date while its clip shows what it was rendered from, also after
-- a change that was undone: both carry a hash of that. Of clips and finals of older
-- versions only the number of changes is known; it serves until the next change.
ALTER TABLE clips ADD COLUMN edit_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE exports ADD COLUMN edit_hash TEXT NOT NULL DEFAULT '';
UPDATE clips SET edit_hash = 'revision ' || revision;
UPDATE exports SET edit_hash = 'revision ' || clip_revision;
ALTER TABLE exports DROP COLUMN clip_revision;
