SELECT (SELECT count(*) FROM unit WHERE parent = ?) + (SELECT count(*) FROM person_unit WHERE unit = ?)
