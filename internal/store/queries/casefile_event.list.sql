SELECT at, who, name, what, note FROM casefile_event WHERE number = ? ORDER BY place
