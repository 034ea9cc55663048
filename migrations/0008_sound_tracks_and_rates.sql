-- A source has all of its sound tracks, and which of them are used. What was
-- added before had its first one, which was used.
UPDATE sources
   SET facts = json_set(facts, '$.audio', json_array(
           json_set(json_extract(facts, '$.audio'),
                    '$.title', NULL,
                    '$.is_default', json('false'),
                    '$.heard', 'sound',
                    '$.used', json('true'))))
 WHERE json_type(facts, '$.audio') = 'object';
UPDATE sources SET facts = json_set(facts, '$.audio', json('[]'))
 WHERE coalesce(json_type(facts, '$.audio'), 'null') = 'null';

-- Interlaced pictures tell which field comes first, or are only seen to be such.
UPDATE sources SET facts = json_set(facts, '$.video.fields', 'told')
 WHERE json_extract(facts, '$.video.interlaced');

-- The lowest frame rates that platforms take, as of November 2026.
UPDATE export_presets SET spec = json_set(spec, '$.min_frame_rate_milli', CASE
    WHEN key IN ('tiktok', 'instagram_reels', 'instagram_story', 'feed_4x5', 'square') THEN 23000
    WHEN key = 'facebook_reels' THEN 24000
    WHEN key = 'linkedin' THEN 10000
    ELSE 0 END);
