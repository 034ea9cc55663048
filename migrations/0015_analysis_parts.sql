-- An analysis is kept by part, each with a version of its own: the picture by the
-- fingerprint alone, the sound by fingerprint and sound tracks in use. Parts are added
-- over time, so they are not listed here.
CREATE TABLE analyses_anew (
    profile_id BLOB NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    key        TEXT NOT NULL,
    part       TEXT NOT NULL,
    version    INTEGER NOT NULL,
    data       TEXT NOT NULL CHECK (json_valid(data)),
    made_at    INTEGER NOT NULL,
    PRIMARY KEY (profile_id, key, part)
) STRICT;

-- What the version before made is split, so that no footage is decoded again. Anything
-- else is dropped: it can be made again.
DELETE FROM analyses
 WHERE version <> 5
    OR coalesce(json_type(data, '$.analysis.windows'), '') <> 'array'
    OR coalesce(json_type(data, '$.analysis.detail'), '') <> 'text'
    OR coalesce(json_type(data, '$.analysis.sound'), '') NOT IN ('object', 'null')
    OR EXISTS (SELECT 1 FROM json_each(data, '$.analysis.windows') WHERE type <> 'object');

INSERT INTO analyses_anew (profile_id, key, part, version, data, made_at)
SELECT profile_id, fingerprint, 'sound', 1,
       json_object(
           'sound', json_extract(data, '$.analysis.sound'),
           'momentary_mlufs', json((
               SELECT json_group_array(json_extract(value, '$.loudness_mlufs'))
                 FROM (SELECT value FROM json_each(data, '$.analysis.windows') ORDER BY key)
                WHERE json_type(data, '$.analysis.sound') = 'object'))),
       made_at
  FROM analyses;

-- Of the same picture with different sound tracks, the closest look is kept.
INSERT INTO analyses_anew (profile_id, key, part, version, data, made_at)
SELECT profile_id, picture, 'picture', 1,
       json_object(
           'picture', json_set(
               json_remove(json_extract(data, '$.analysis'), '$.version', '$.sound'),
               '$.windows', json((
                   SELECT json_group_array(json_remove(value, '$.loudness_mlufs'))
                     FROM (SELECT value FROM json_each(data, '$.analysis.windows') ORDER BY key)))),
           'sheet', json_extract(data, '$.sheet')),
       made_at
  FROM (SELECT *, row_number() OVER (
                      PARTITION BY profile_id, picture
                      ORDER BY data ->> '$.analysis.detail' = 'full' DESC, made_at DESC) AS place
          FROM (SELECT *, iif(instr(fingerprint, '-sound') > 0,
                              substr(fingerprint, 1, instr(fingerprint, '-sound') - 1),
                              fingerprint) AS picture
                  FROM analyses))
 WHERE place = 1;

DROP TABLE analyses;
ALTER TABLE analyses_anew RENAME TO analyses;
