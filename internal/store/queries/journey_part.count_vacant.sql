SELECT count(*), min(owned_since) FROM journey_part WHERE kind = 'touchpoint' AND owner IS NULL AND owner_name = ''
