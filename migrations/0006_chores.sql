-- Rows store paths inside the data directory relative to it. Those of older
-- versions are rewritten in code, which alone knows where the directory lies and
-- what lies there; this notes that it was done.
CREATE TABLE chores (
    chore   TEXT PRIMARY KEY,
    done_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
