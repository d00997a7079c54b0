SELECT count(*) FROM journey_part WHERE kind = ? AND parent IS NOT DISTINCT FROM nullif(?, '')
