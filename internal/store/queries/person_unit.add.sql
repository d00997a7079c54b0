INSERT INTO person_unit (person, unit) VALUES (?, ?)
