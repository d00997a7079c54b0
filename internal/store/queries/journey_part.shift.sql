UPDATE journey_part SET position = position + ? WHERE kind = ? AND parent IS NOT DISTINCT FROM nullif(?, '') AND position >= ? AND id <> ?
