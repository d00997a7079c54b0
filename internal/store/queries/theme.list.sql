SELECT id, version, touchpoint, language, words, name, coalesce(merged_into, ''), coalesce(owner, ''), owner_name, owned_since FROM theme ORDER BY id
