SELECT count(*) FROM journey_part
