SELECT person, unit FROM person_unit ORDER BY unit
