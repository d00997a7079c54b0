SELECT id, version, kind, coalesce(parent, ''), position, name, name_key, notes, coalesce(owner, ''), owner_name, owned_since
FROM journey_part WHERE (parent = ? AND kind = 'stage') OR parent IN (SELECT id FROM journey_part WHERE parent = ? AND kind = 'stage')
ORDER BY position, id
