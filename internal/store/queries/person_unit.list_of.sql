SELECT person, unit FROM person_unit WHERE person = ? ORDER BY unit
