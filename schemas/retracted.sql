-- The rows of sources that are taken back. Nearly every view asks it: so it is worked out once, as a
-- table, before the views are made. Of a row the newest word counts, on it or on its source.
create table raw.retracted_rows as
with words as (
    select * replace (coalesce(restored, false) as restored) from raw.retractions
    qualify row_number() over (partition by source, source_row order by run_id desc) = 1
),
named as (
    select source, source_row from raw.problem_sources semi join words using (source)
    union
    select source, source_row from raw.rollouts semi join words using (source)
),
said as (
    select n.*, t.run_id, t.restored from named n join words t using (source, source_row)
    union all
    select n.*, t.run_id, t.restored from named n
    join (from words where source_row is null) t using (source)
)
select source, source_row from said
group by all having not arg_max(restored, run_id);
