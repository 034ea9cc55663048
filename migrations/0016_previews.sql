-- What is played for a raw clip is its preview.
ALTER TABLE clips RENAME COLUMN raw_state TO preview_state;
ALTER TABLE clips RENAME COLUMN raw_revision TO preview_revision;
