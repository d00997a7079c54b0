{{/* Comments, of one group where that is asked, with the side that each is of. */ -}}
comment AS (
    SELECT source, response, coalesce(touchpoint, '') AS touchpoint, {{language "language"}} AS spoken, substr(text, 1, {{comment_length}}) AS words,
        CASE WHEN not_applicable OR score IS NULL OR scale_min IS NULL OR scale_max IS NULL OR score < scale_min OR score > scale_max THEN ''
            WHEN instrument = 'nps' AND (scale_min <> 0 OR scale_max <> 10) THEN ''
            WHEN instrument = 'nps' THEN CASE WHEN score <= 6 THEN 'detractor' WHEN score >= 9 THEN 'promoter' ELSE '' END
            WHEN scale_max - scale_min < 3 THEN CASE WHEN score = scale_min THEN 'detractor' WHEN score = scale_max THEN 'promoter' ELSE '' END
            WHEN score <= scale_min + 1 THEN 'detractor' WHEN score >= scale_max - 1 THEN 'promoter' ELSE '' END AS side
    FROM feedback
    WHERE trim(text) <> ''
{{- if .}} AND coalesce(touchpoint, '') = {{text .Touchpoint}} AND {{language "language"}} = {{text .Language}}{{end}}
)
{{- /**/ -}}
