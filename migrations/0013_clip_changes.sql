-- Events carry the clips that changed, and may overtake the answer to a list, so each
-- clip counts its changes: of two copies, the one with more is newer.
ALTER TABLE clips ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;
CREATE TRIGGER clips_count_their_changes
AFTER UPDATE ON clips
WHEN NEW.changes = OLD.changes
BEGIN
    UPDATE clips SET changes = OLD.changes + 1 WHERE profile_id = NEW.profile_id AND id = NEW.id;
END;
