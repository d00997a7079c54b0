SELECT touchpoint, version, body FROM casefile_rule ORDER BY touchpoint
