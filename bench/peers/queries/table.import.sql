-- What an analyst does with an export: one statement, at DuckDB's defaults.
CREATE TABLE line AS SELECT * FROM read_csv(getvariable('file'));
CHECKPOINT;
SELECT count(*) AS lines FROM line;
