"""The other side of the enrolment's trigger, on a table of cases: that app knows nothing of enrolments.

As the owner, so that it sees every place whatever the acting person may see.
"""

from django.db import migrations

TRIGGER = """
CREATE FUNCTION programs_keep_victims_apart() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF NEW.is_victim_file <> OLD.is_victim_file AND EXISTS (
        SELECT 1 FROM programs_enrolment e JOIN programs_cohort c ON c.id = e.cohort_id
        WHERE e.case_id = NEW.id AND c.for_victims <> NEW.is_victim_file
            AND e.status IN ('proposed', 'waiting', 'active', 'paused')
    ) THEN
        RAISE EXCEPTION 'victims_and_others_apart' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER victims_and_others_apart BEFORE UPDATE OF is_victim_file ON cases_casefile
    FOR EACH ROW EXECUTE FUNCTION programs_keep_victims_apart();
"""
TRIGGER_BACK = """
DROP TRIGGER victims_and_others_apart ON cases_casefile;
DROP FUNCTION programs_keep_victims_apart();
"""


class Migration(migrations.Migration):
    dependencies = [("programs", "0001_initial"), ("cases", "0001_initial")]

    operations = [migrations.RunSQL(TRIGGER, TRIGGER_BACK)]
