-- +goose Up
-- "n days before" counts back from an event or a campaign; n days before a fixed date was a day by
-- itself, and is kept as that.
UPDATE campaigns SET schedule = json_remove(json_set(schedule, '$.kind', 'once',
	'$.date', date(schedule ->> '$.date', '-' || coalesce(schedule ->> '$.days', 0) || ' days')), '$.days')
WHERE schedule ->> '$.kind' = 'before';
